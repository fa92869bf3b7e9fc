package dev.berth.build.run;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Work that an interrupt must not break off in the middle of a file or a control group: it is done by a thread that nobody
 * knows. Who waits for it is interrupted behind it; what may take long is told, and ends where it can.
 */
final class Unbroken {
    private Unbroken() {}

    /** Something that changes what is kept. */
    interface Work<T> {
        T run() throws IOException;
    }

    static void change(Runnable work) {
        try {
            run(() -> {
                work.run();
                return true;
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static <T> T run(Work<T> work) throws IOException {
        return outcome(begin(work)); // which goes on waiting when it is interrupted
    }

    /** Work that may take long, and asks whether it is still wanted: else it ends with an InterruptedIOException. */
    interface LongWork<T> {
        T run(BooleanSupplier unwanted) throws IOException;
    }

    /** As {@link #run}; of an interrupt the work is told, and is waited for until it has undone what it did. */
    static <T> T runUnlessUnwanted(LongWork<T> work) throws IOException, InterruptedException {
        AtomicBoolean unwanted = new AtomicBoolean();
        CompletableFuture<T> done = begin(() -> work.run(unwanted::get));
        try {
            done.get();
            return outcome(done);
        } catch (ExecutionException e) {
            return outcome(done); // which throws what it ended with
        } catch (InterruptedException e) {
            unwanted.set(true);
            try {
                T whole = outcome(done);
                Thread.currentThread().interrupt();
                return whole;
            } catch (InterruptedIOException undone) {
                e.addSuppressed(undone);
                throw e;
            }
        }
    }

    private static <T> CompletableFuture<T> begin(Work<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        Thread.ofVirtual().name("build-unbroken").start(() -> {
            try {
                done.complete(work.run());
            } catch (IOException | RuntimeException | Error e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    private static <T> T outcome(CompletableFuture<T> done) throws IOException {
        try {
            return done.join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case IOException io -> throw io;
                case RuntimeException known -> throw known;
                case Error error -> throw error;
                case null, default -> throw e;
            }
        }
    }
}
