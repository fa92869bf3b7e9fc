package dev.berth.conformance;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** A connection on which a test sends the very bytes that it wants sent, and reads only when it wants to. */
final class RawConnection implements AutoCloseable {
    private final SocketChannel channel;

    private RawConnection(SocketChannel channel) {
        this.channel = channel;
    }

    static RawConnection to(DaemonProcess daemon) {
        try {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(daemon.socket()));
            return new RawConnection(channel);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a request without a body. */
    RawConnection request(String method, String path) {
        return send(method + " " + path + " HTTP/1.1\r\nHost: engine\r\nContent-Length: 0\r\n\r\n");
    }

    RawConnection send(String text) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends as {@link #send}, and gives whether the other side took it all: it may have closed the connection. */
    boolean trySend(String text) {
        try {
            send(text);
            return true;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** Reads until this is among what has come. */
    String readUntil(String mark) {
        String text = read(mark);
        if (!text.contains(mark)) {
            throw new AssertionError("the connection ended before " + mark + " with: " + text);
        }
        return text;
    }

    /** Reads until the other side closes; what it breaks off counts as closed. */
    String readToEnd() {
        return read("");
    }

    private String read(String mark) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer some = ByteBuffer.allocate(4096);
        try {
            while (channel.read(some.clear()) >= 0) {
                all.write(some.array(), 0, some.position());
                if (!mark.isEmpty() && all.toString(StandardCharsets.ISO_8859_1).contains(mark)) {
                    break;
                }
            }
        } catch (IOException e) {
            // broken off: what came before is what there is
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
