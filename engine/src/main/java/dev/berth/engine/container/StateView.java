package dev.berth.engine.container;

import java.time.Instant;
import java.util.Optional;

/**
 * A container's state as Docker tells it.
 *
 * @param status {@code created}, {@code running}, {@code paused}, {@code restarting}, {@code removing}, {@code exited}
 *     or {@code dead}
 * @param running also true while it is paused or restarting, as in Docker
 * @param pid of the first process as the host sees it; zero where there is none
 * @param error of the last start; empty where it went well
 * @param startedAt of the last start; empty where there was none
 * @param finishedAt of the last end; empty where there was none
 */
public record StateView(
        String status,
        boolean running,
        boolean paused,
        boolean restarting,
        boolean oomKilled,
        boolean dead,
        int pid,
        int exitCode,
        String error,
        Optional<Instant> startedAt,
        Optional<Instant> finishedAt,
        Optional<Health> health) {}
