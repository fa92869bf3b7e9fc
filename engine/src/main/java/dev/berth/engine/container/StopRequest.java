package dev.berth.engine.container;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * How to stop a container; what is empty is as its configuration says.
 *
 * @param signal a name with or without {@code SIG}, or a number
 * @param timeoutSeconds until SIGKILL; negative for never
 */
public record StopRequest(Optional<String> signal, OptionalInt timeoutSeconds) {
    public static final StopRequest DEFAULT = new StopRequest(Optional.empty(), OptionalInt.empty());
}
