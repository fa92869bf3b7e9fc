package dev.berth.embedded;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A further process in a container that runs.
 *
 * @param command a program and its arguments; no shell reads them
 * @param env {@code NAME=value}, over the container's own
 * @param user empty for the container's
 * @param workingDirectory empty for the container's
 * @param timeout after which it is killed
 */
public record ExecSpec(
        List<String> command,
        List<String> env,
        Optional<String> user,
        Optional<String> workingDirectory,
        boolean privileged,
        Optional<Duration> timeout) {
    public ExecSpec {
        command = List.copyOf(command);
        env = List.copyOf(env);
    }

    /** As the container's own process is. */
    public static ExecSpec of(String... command) {
        return new ExecSpec(List.of(command), List.of(), Optional.empty(), Optional.empty(), false, Optional.empty());
    }

    /** With one more variable of the environment. */
    public ExecSpec env(String variable, String value) {
        List<String> more = new ArrayList<>(env);
        more.add(variable + "=" + value);
        return new ExecSpec(command, more, user, workingDirectory, privileged, timeout);
    }

    /** As another user. */
    public ExecSpec user(String other) {
        return new ExecSpec(command, env, Optional.of(other), workingDirectory, privileged, timeout);
    }

    /** In another directory. */
    public ExecSpec workingDirectory(String path) {
        return new ExecSpec(command, env, user, Optional.of(path), privileged, timeout);
    }

    /** With all rights. */
    public ExecSpec withAllRights() {
        return new ExecSpec(command, env, user, workingDirectory, true, timeout);
    }

    /** Killed where it takes longer. */
    public ExecSpec timeout(Duration most) {
        return new ExecSpec(command, env, user, workingDirectory, privileged, Optional.of(most));
    }
}
