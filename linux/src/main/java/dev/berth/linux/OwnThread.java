package dev.berth.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Work that changes what the thread is that does it: which namespaces it is in, its working directory. It is done on a
 * platform thread that ends with it, so that no other work can find itself in there.
 */
public final class OwnThread {
    private OwnThread() {}

    /**
     * Does it, and returns when that thread has ended. A future would not do: to complete one wakes its waiters from in there,
     * and a carrier that is made for a virtual one inherits what the thread is, for all that it carries from then on.
     *
     * @param name the thread's
     * @throws RuntimeException what the work throws; an {@link IOException} unchecked
     */
    public static <T> T call(String name, Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                result.complete(work.call());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        awaitEnd(thread);
        try {
            return result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            if (e.getCause() instanceof IOException io) {
                throw new UncheckedIOException(io);
            }
            throw new IllegalStateException("work on " + name + " failed: " + e.getCause(), e.getCause());
        }
    }

    /** Returns when a thread has ended; who is interrupted meanwhile waits on, and is interrupted still. */
    public static void awaitEnd(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
