package dev.berth.api.http;

import io.netty.channel.Channel;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** By when something of a connection is to be over. The event loop's. */
final class Deadline {
    private final Channel channel;
    private @Nullable ScheduledFuture<?> timer;

    Deadline(Channel channel) {
        this.channel = channel;
    }

    /** Has something done when the time is over, unless {@link #met} is called before; nothing new if it runs already. */
    void begin(Duration time, Runnable otherwise) {
        if (timer == null) {
            timer = channel.eventLoop().schedule(otherwise, time.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** It is over. */
    void met() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
