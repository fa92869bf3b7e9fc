package dev.berth.api.http;

import dev.berth.linux.socket.SendQueue;
import io.netty.channel.Channel;
import io.netty.channel.unix.DomainSocketChannel;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The head by which a connection is taken over, on its way to the client. */
final class TakeOverHead {
    /** How often the kernel is asked whether the client has read, and how long at most. */
    private static final Duration READ_PROBE = Duration.ofNanos(100_000);

    private static final Duration READ_PATIENCE = Duration.ofSeconds(1);

    private final Channel channel;
    private final byte[] bytes;
    private final CountDownLatch sent = new CountDownLatch(1);

    TakeOverHead(Channel channel, byte[] bytes) {
        this.channel = channel;
        this.bytes = bytes;
    }

    /** Event loop. */
    void send() {
        channel.writeAndFlush(channel.alloc().ioBuffer(bytes.length).writeBytes(bytes))
                .addListener(_ -> sent.countDown());
    }

    /**
     * The handler's thread: waits until the client has read it. A client that parses the head through a buffer and then
     * goes on with the bare socket (docker-py is one) would lose what it found in the buffer besides; the kernel tells, of
     * Unix sockets, whether it has read.
     */
    void awaitRead() throws IOException {
        if (!(channel instanceof DomainSocketChannel)) {
            return;
        }
        long start = System.nanoTime();
        try {
            sent.await(READ_PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
            while (channel.isActive()
                    && SendQueue.holdsUnread(((UnixChannel) channel).fd().intValue())
                    && System.nanoTime() - start < READ_PATIENCE.toNanos()) {
                Thread.sleep(READ_PROBE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the client to read", e);
        }
    }
}
