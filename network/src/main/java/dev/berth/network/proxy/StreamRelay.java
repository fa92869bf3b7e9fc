package dev.berth.network.proxy;

import dev.berth.linux.Errno;
import dev.berth.linux.event.EventLoop;
import dev.berth.linux.event.Pipe;
import dev.berth.linux.socket.InetSocket;

/**
 * One connection carried by hand: from a client to a container and back, each direction ending by itself. Bytes go through
 * a pipe in the kernel and never come into Java. Lives on the loop's thread.
 */
final class StreamRelay {
    private final InetSocket client;
    private final InetSocket container;
    private final Watch clientWatch;
    private final Watch containerWatch;
    private final Direction there;
    private final Direction back;
    private final Runnable ended;
    private boolean connected;
    private boolean closed;

    /**
     * Begins when the container's socket is connected. The pipes and sockets are this object's from now on.
     *
     * @param ended is run once, when all of them are closed
     */
    StreamRelay(EventLoop loop, InetSocket client, InetSocket container, Pipe there, Pipe back, Runnable ended) {
        this.client = client;
        this.container = container;
        this.ended = ended;
        clientWatch = new Watch(loop, client, events -> carry());
        containerWatch = new Watch(loop, container, events -> carry());
        this.there = new Direction(client, container, there);
        this.back = new Direction(container, client, back);
        containerWatch.want(false, true);
    }

    private void carry() {
        if (closed) {
            return;
        }
        if (!connected) {
            if (container.failure() != 0) {
                close();
                return;
            }
            connected = true;
        }
        if (!there.carry() || !back.carry() || (there.isOver() && back.isOver())) {
            close();
            return;
        }
        clientWatch.want(there.wantsToRead(), back.wantsToWrite());
        containerWatch.want(back.wantsToRead(), there.wantsToWrite());
    }

    /** Closes both sockets. Idempotent. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        clientWatch.want(false, false);
        containerWatch.want(false, false);
        there.pipe.close();
        back.pipe.close();
        client.close();
        container.close();
        ended.run();
    }

    /** What one end says, on its way to the other. */
    private static final class Direction {
        private final InetSocket source;
        private final InetSocket sink;
        private final Pipe pipe;
        private long underWay;
        private boolean sourceEnded;
        private boolean over;

        Direction(InetSocket source, InetSocket sink, Pipe pipe) {
            this.source = source;
            this.sink = sink;
            this.pipe = pipe;
        }

        boolean isOver() {
            return over;
        }

        boolean wantsToRead() {
            return !sourceEnded && underWay == 0;
        }

        boolean wantsToWrite() {
            return underWay > 0;
        }

        /** Moves what can be moved now; false where an end is broken, and the connection with it. */
        boolean carry() {
            boolean moved = true;
            while (moved && !over) {
                moved = false;
                if (wantsToRead()) {
                    long read = pipe.fill(source.fd(), Limits.BYTES_UNDER_WAY);
                    if (read < 0 && !isLater(read)) {
                        return false;
                    }
                    sourceEnded = read == 0;
                    underWay = Math.max(read, 0);
                }
                if (underWay > 0) {
                    long written = pipe.drain(sink.fd(), underWay);
                    if (written < 0 && !isLater(written)) {
                        return false;
                    }
                    underWay -= Math.max(written, 0);
                    moved = underWay == 0;
                }
                if (sourceEnded && underWay == 0) {
                    sink.endOutput();
                    over = true;
                }
            }
            return true;
        }

        private static boolean isLater(long result) {
            return result == -Errno.EAGAIN.number() || result == -Errno.EINTR.number();
        }
    }
}
