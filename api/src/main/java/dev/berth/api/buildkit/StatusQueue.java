package dev.berth.api.buildkit;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a build tells, on its way to the client that watches. A watcher that is slow holds the build up; before there is one, no
 * more is kept than fits. Safe for many threads.
 */
final class StatusQueue {
    private static final int MOST_BYTES = 1 << 20;
    /** How long what a build has told is kept for its watcher, which the client begins at the same time. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<byte[]> waiting = new ArrayDeque<>(); // this and what follows is guarded by the lock
    private long bytes;
    private boolean watched;
    private boolean ended;

    void put(byte[] status) {
        lock.lock();
        try {
            while (watched && !ended && bytes > MOST_BYTES) {
                changed.await();
            }
            if (!ended && bytes <= MOST_BYTES) {
                waiting.add(status);
                bytes += status.length;
                changed.signalAll();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the build ends, and tells it by other means
        } finally {
            lock.unlock();
        }
    }

    /** Begins to watch. */
    void watch() {
        lock.lock();
        try {
            watched = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whoever watched is gone. */
    void forsake() {
        lock.lock();
        try {
            watched = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The next status; empty behind the last. */
    Optional<byte[]> take() throws InterruptedException {
        lock.lock();
        try {
            while (waiting.isEmpty() && !ended) {
                changed.await();
            }
            Optional<byte[]> next = Optional.ofNullable(waiting.poll());
            next.ifPresent(status -> bytes -= status.length);
            changed.signalAll();
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more is told. */
    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits, not for long, until somebody watches who has not come yet. */
    void awaitWatcher() {
        long left = PATIENCE.toNanos();
        lock.lock();
        try {
            while (!watched && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
