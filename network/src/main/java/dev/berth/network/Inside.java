package dev.berth.network;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** A network namespace, as a place where something can be done: sockets that are opened there stay in it. */
@FunctionalInterface
public interface Inside {
    /** Does something there, on whichever thread, and returns when it is done; throws what the work throws. */
    void run(Runnable work);

    /** The namespace that the caller is in: the host's. */
    static Inside here() {
        return Runnable::run;
    }

    /**
     * As {@link #run}, for work with a result.
     *
     * @throws NetworkException FAILED where the work throws what must be declared
     */
    default <T> T call(Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        run(() -> {
            try {
                result.complete(work.call());
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw NetworkException.failed(String.valueOf(e.getMessage()), e);
            }
        });
        return result.join();
    }
}
