package dev.berth.engine.log;

import dev.berth.engine.log.LogFiles.Position;
import java.util.concurrent.CompletableFuture;

/** A place in a container's output: what was taken before it, and what is taken after. */
public final class LogMark {
    final CompletableFuture<Position> position;

    LogMark(CompletableFuture<Position> position) {
        this.position = position;
    }
}
