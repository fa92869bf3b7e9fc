package dev.berth.api.http;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/** Whether a connection's client is still there, and who is told when it is not. Safe for use by many threads. */
final class Presence {
    private final Channel channel;
    private @Nullable Runnable action; // this and what follows is guarded by this
    private boolean gone;
    private boolean takenOver;

    Presence(Channel channel) {
        this.channel = channel;
    }

    /** Has something called when the client is gone; at once if that is so already. Replaces what was to be called before. */
    void onDisconnect(Runnable wanted) {
        synchronized (this) {
            if (!gone) {
                action = wanted;
                return;
            }
        }
        wanted.run();
    }

    /** What was to be called is forgotten: its handler has come to an end. */
    synchronized void tellNobody() {
        action = null;
    }

    /** The connection is raw: from here on a client that closes its side is not gone. What was to be called is forgotten. */
    synchronized void takenOver() {
        takenOver = true;
        action = null;
        gone = !channel.isActive();
    }

    /** The connection is another protocol's: the same, but that it is closed when the client is to be taken for gone. */
    synchronized void handedOver() {
        takenOver = true;
        action = channel::close;
    }

    /** The client has closed its side: it wants no answer, unless the connection is no longer HTTP. */
    void sideClosed() {
        boolean isHttp;
        synchronized (this) {
            isHttp = !takenOver;
        }
        if (isHttp) {
            clientGone();
        }
    }

    /** The client is gone, or is to be taken for gone. */
    void clientGone() {
        Runnable last;
        synchronized (this) {
            gone = true;
            last = action;
            action = null;
        }
        if (last != null) {
            last.run();
        }
    }
}
