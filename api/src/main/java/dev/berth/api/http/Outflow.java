package dev.berth.api.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.io.IOException;

/**
 * Bytes from a handler to a client. Writing hands them to the event loop and waits while the client is slow to take
 * what it was sent before, so that a connection never holds more than its share of memory.
 */
final class Outflow {
    /** What is handed over at one time: the most that a connection's share can be exceeded by. */
    private static final int PIECE_BYTES = 32 << 10;

    private final Channel channel;

    Outflow(Channel channel) {
        this.channel = channel;
    }

    /** Sends bytes, in as many pieces as they need. */
    void send(byte[] bytes, int offset, int length) throws IOException {
        for (int sent = 0; sent < length; ) {
            awaitRoom();
            int piece = Math.min(PIECE_BYTES, length - sent);
            channel.writeAndFlush(channel.alloc().ioBuffer(piece).writeBytes(bytes, offset + sent, piece));
            sent += piece;
        }
    }

    /** Sends a head and, in the same packet, a short body. */
    void send(byte[] head, byte[] body) throws IOException {
        if (body.length > PIECE_BYTES) {
            send(head, 0, head.length);
            send(body, 0, body.length);
            return;
        }
        awaitRoom();
        channel.writeAndFlush(channel.alloc()
                .ioBuffer(head.length + body.length)
                .writeBytes(head)
                .writeBytes(body));
    }

    /** Sends a chunk of HTTP/1.1's chunked coding (RFC 9112, section 7.1). */
    void sendChunk(byte[] bytes, int offset, int length) throws IOException {
        for (int sent = 0; sent < length; ) {
            awaitRoom();
            int piece = Math.min(PIECE_BYTES, length - sent);
            ByteBuf buffer = channel.alloc().ioBuffer(piece + 12);
            buffer.writeBytes(Ascii.bytes(Integer.toHexString(piece)));
            buffer.writeBytes(Ascii.CRLF);
            buffer.writeBytes(bytes, offset + sent, piece);
            buffer.writeBytes(Ascii.CRLF);
            channel.writeAndFlush(buffer);
            sent += piece;
        }
    }

    /** Event loop: the client has taken some, or is gone. */
    synchronized void wake() {
        notifyAll();
    }

    private synchronized void awaitRoom() throws IOException {
        try {
            while (!channel.isWritable() && channel.isActive()) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the client to read", e);
        }
        if (!channel.isActive()) {
            throw new ClientGoneException();
        }
    }
}
