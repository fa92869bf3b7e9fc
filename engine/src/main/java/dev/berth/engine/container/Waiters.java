package dev.berth.engine.container;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Who waits for what of one container. */
final class Waiters {
    private final List<Waiter> waiters = new ArrayList<>();

    private record Waiter(WaitCondition condition, CompletableFuture<WaitResult> future) {}

    synchronized CompletableFuture<WaitResult> add(WaitCondition condition) {
        waiters.removeIf(waiter -> waiter.future().isDone());
        Waiter waiter = new Waiter(condition, new CompletableFuture<>());
        waiters.add(waiter);
        return waiter.future();
    }

    /** The container has ended. */
    void ended(WaitResult result) {
        complete(EnumSet.of(WaitCondition.NOT_RUNNING, WaitCondition.NEXT_EXIT), result);
    }

    /** It has ended, and is started again at once: nobody who waits for it not to run is told. */
    void endedForNow(WaitResult result) {
        complete(EnumSet.of(WaitCondition.NEXT_EXIT), result);
    }

    /** The container is gone; whatever they waited for will not come any more. */
    void removed(WaitResult result) {
        complete(EnumSet.allOf(WaitCondition.class), result);
    }

    private void complete(Set<WaitCondition> conditions, WaitResult result) {
        List<Waiter> told;
        synchronized (this) {
            told = waiters.stream()
                    .filter(waiter -> conditions.contains(waiter.condition()))
                    .toList();
            waiters.removeAll(told);
        }
        told.forEach(waiter -> waiter.future().complete(result));
    }
}
