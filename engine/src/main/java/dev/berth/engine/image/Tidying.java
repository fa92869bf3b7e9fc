package dev.berth.engine.image;

import dev.berth.image.Images;
import dev.berth.image.check.Finding.Outcome;
import dev.berth.image.check.Holders;
import dev.berth.image.check.Inspection;
import dev.berth.linux.OwnThread;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Removes what interrupted operations of the last engine have left of images, once, a moment after the start: nobody
 * waits for it, and the first callers have the processors for themselves. What it finds damaged it only tells.
 */
public final class Tidying implements AutoCloseable {
    private static final Duration DELAY = Duration.ofSeconds(1);

    private final Thread thread;
    private final CountDownLatch atOnce;

    private Tidying(Thread thread, CountDownLatch atOnce) {
        this.thread = thread;
        this.atOnce = atOnce;
    }

    /** Starts it in the background; the caller closes it. */
    public static Tidying start(Images images, Holders holders, System.Logger log) {
        Inspection inspection = new Inspection(
                Inspection.Repairs.UNFINISHED,
                finding -> log.log(finding.outcome() == Outcome.REPAIRED ? Level.INFO : Level.WARNING, finding.line()));
        CountDownLatch atOnce = new CountDownLatch(1);
        Thread thread = Thread.ofVirtual().name("berth-tidying").start(() -> {
            try {
                boolean _ = atOnce.await(DELAY.toNanos(), TimeUnit.NANOSECONDS);
                images.tidy(inspection, holders);
            } catch (InterruptedException e) {
                return; // the engine ends; the next one does it
            } catch (IOException | RuntimeException e) {
                if (!Thread.currentThread().isInterrupted()) {
                    log.log(Level.WARNING, "looking for what was left unfinished failed: " + e.getMessage());
                }
            }
        });
        return new Tidying(thread, atOnce);
    }

    /** Has it begin now, where it has not, and waits for it. */
    public void finish() {
        atOnce.countDown();
        OwnThread.awaitEnd(thread);
    }

    /** Ends it, done or not. */
    @Override
    public void close() {
        thread.interrupt();
        OwnThread.awaitEnd(thread);
    }
}
