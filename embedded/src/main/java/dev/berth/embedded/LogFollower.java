package dev.berth.embedded;

import dev.berth.engine.error.EngineException;
import dev.berth.engine.stream.Attachment;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Tells a consumer of a container's lines until the container ends. Closing it ends that early; the container goes on. */
public final class LogFollower implements AutoCloseable {
    private final LineSink sink;
    private final Attachment reading;

    LogFollower(LineSink sink, Attachment reading) {
        this.sink = sink;
        this.reading = reading;
    }

    /**
     * Waits until the consumer was told all of it: the container has ended then.
     *
     * @return whether that was so in time
     * @throws BerthException FAILED with what the consumer has thrown
     */
    public boolean await(Duration most) {
        return Failures.gives(() -> {
            try {
                sink.ended().get(most.toNanos(), TimeUnit.NANOSECONDS);
                return true;
            } catch (TimeoutException e) {
                return false;
            } catch (ExecutionException e) {
                if (e.getCause() instanceof EngineException reason) {
                    throw reason;
                }
                throw new BerthException(
                        BerthException.Kind.FAILED, "the consumer of a log has failed: " + e.getCause(), e);
            }
        });
    }

    /** Ends it. A call of the consumer that is under way goes on to its end. Idempotent. */
    @Override
    public void close() {
        reading.close();
    }
}
