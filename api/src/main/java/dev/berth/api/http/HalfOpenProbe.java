package dev.berth.api.http;

import io.netty.channel.Channel;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Looks after a connection of which the client has closed its side. The kernel reports that once, and nothing more when the
 * client then leaves altogether; so as long as the connection is open, a write of no bytes asks from time to time.
 */
final class HalfOpenProbe {
    private final Channel channel;
    private final Duration interval;

    private HalfOpenProbe(Channel channel, Duration interval) {
        this.channel = channel;
        this.interval = interval;
    }

    /** Event loop: asks until the connection ends, and ends it when the client is gone. */
    static void begin(Channel channel, Duration interval) {
        new HalfOpenProbe(channel, interval).askLater();
    }

    private void askLater() {
        channel.eventLoop().schedule(this::ask, interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void ask() {
        if (channel.isActive()) {
            if (clientIsGone()) {
                channel.close();
            } else {
                askLater();
            }
        }
    }

    private boolean clientIsGone() {
        try {
            ((UnixChannel) channel).fd().write(ByteBuffer.allocateDirect(0), 0, 0);
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
