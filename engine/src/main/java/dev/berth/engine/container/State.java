package dev.berth.engine.container;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a container is in its life; immutable. Which change may follow which is said here alone.
 *
 * @param pid of the first process; zero where there is none
 * @param error of the last start
 * @param restartCount restarts by its policy since it was last started by hand
 * @param stoppedByHand whether someone wanted it to end, so that no policy restarts it
 */
@Json
record State(
        Status status,
        int pid,
        int exitCode,
        String error,
        boolean oomKilled,
        Optional<Instant> startedAt,
        Optional<Instant> finishedAt,
        int restartCount,
        boolean stoppedByHand) {
    static final State CREATED =
            new State(Status.CREATED, 0, 0, "", false, Optional.empty(), Optional.empty(), 0, false);

    @SuppressWarnings("NullableOptional") // what JSON left out
    State(
            Status status,
            int pid,
            int exitCode,
            String error,
            boolean oomKilled,
            @Nullable Optional<Instant> startedAt,
            @Nullable Optional<Instant> finishedAt,
            int restartCount,
            boolean stoppedByHand) {
        this.status = status;
        this.pid = pid;
        this.exitCode = exitCode;
        this.error = error;
        this.oomKilled = oomKilled;
        this.startedAt = startedAt == null ? Optional.empty() : startedAt;
        this.finishedAt = finishedAt == null ? Optional.empty() : finishedAt;
        this.restartCount = restartCount;
        this.stoppedByHand = stoppedByHand;
    }

    enum Status {
        CREATED,
        RUNNING,
        PAUSED,
        /** Ended, and about to be started again by its policy. */
        RESTARTING,
        EXITED,
        REMOVING,
        /** Its removal failed half-way. */
        DEAD;

        /** As Docker's JSON names it. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether it has a process. */
    boolean hasProcess() {
        return status == Status.RUNNING || status == Status.PAUSED;
    }

    /** Whether Docker calls it running: also while it waits to be restarted. */
    boolean isRunning() {
        return hasProcess() || status == Status.RESTARTING;
    }

    State started(int newPid, Instant at, int restarts) {
        require(!hasProcess() && !isGoing());
        return new State(Status.RUNNING, newPid, 0, "", false, Optional.of(at), finishedAt, restarts, false);
    }

    /** A start failed; it is what it was before, but for what it says of the failure. */
    State notStarted(int code, String why) {
        require(!hasProcess() && !isGoing());
        Status before = status == Status.RESTARTING ? Status.EXITED : status;
        return new State(before, 0, code, why, false, startedAt, finishedAt, restartCount, stoppedByHand);
    }

    State paused() {
        require(status == Status.RUNNING);
        return with(Status.PAUSED, stoppedByHand);
    }

    State resumed() {
        require(status == Status.PAUSED);
        return with(Status.RUNNING, stoppedByHand);
    }

    State wantedToStop() {
        return with(status, true);
    }

    State ended(Status next, int code, boolean oom, Instant at) {
        require(hasProcess() && (next == Status.EXITED || next == Status.RESTARTING));
        return new State(next, 0, code, "", oom, startedAt, Optional.of(at), restartCount, stoppedByHand);
    }

    /** No restart follows after all. */
    State settled() {
        require(status == Status.RESTARTING);
        return with(Status.EXITED, true);
    }

    /** The engine ended while it waited to be started again. */
    State interrupted() {
        require(status == Status.RESTARTING);
        return with(Status.EXITED, stoppedByHand);
    }

    State removing() {
        require(!isRunning() && status != Status.REMOVING);
        return with(Status.REMOVING, stoppedByHand);
    }

    State dead(String why) {
        require(status == Status.REMOVING);
        return new State(Status.DEAD, 0, exitCode, why, oomKilled, startedAt, finishedAt, restartCount, stoppedByHand);
    }

    private boolean isGoing() {
        return status == Status.REMOVING || status == Status.DEAD;
    }

    private State with(Status next, boolean byHand) {
        return new State(next, pid, exitCode, error, oomKilled, startedAt, finishedAt, restartCount, byHand);
    }

    private void require(boolean allowed) {
        if (!allowed) {
            throw new IllegalStateException("a container cannot change so while it is " + status.word());
        }
    }
}
