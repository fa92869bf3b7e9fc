package dev.berth.build.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Short work that an interrupt must not break off in the middle of a file or a control group: it is done by a thread that
 * nobody knows. Who waits for it is interrupted behind it.
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
        CompletableFuture<T> done = new CompletableFuture<>();
        Thread.ofVirtual().name("build-unbroken").start(() -> {
            try {
                done.complete(work.run());
            } catch (IOException | RuntimeException | Error e) {
                done.completeExceptionally(e);
            }
        });
        try {
            return done.join(); // which goes on waiting when it is interrupted
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
