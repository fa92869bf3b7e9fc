package dev.berth.engine.container;

import java.util.List;
import java.util.OptionalInt;

/**
 * A further process, as {@code inspect} tells it.
 *
 * @param exitCode empty while it has not ended
 * @param detachKeys empty for the default
 * @param pid as the host sees it; zero before its start
 */
public record ExecInspection(
        String id,
        String containerId,
        boolean running,
        OptionalInt exitCode,
        int pid,
        String entrypoint,
        List<String> arguments,
        boolean tty,
        boolean privileged,
        String user,
        boolean openStdin,
        boolean openStdout,
        boolean openStderr,
        String detachKeys) {}
