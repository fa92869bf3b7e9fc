package dev.berth.engine.config;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * A further process in a running container (Docker's {@code ExecConfig}).
 *
 * @param detachKeys keys that end an attachment; the clients watch for them
 * @param consoleSize rows and columns; empty for the terminal's default
 */
@Json
public record ExecConfig(
        @Json.Property("User") String user,
        @Json.Property("Privileged") boolean privileged,
        @Json.Property("Tty") boolean tty,
        @Json.Property("ConsoleSize") List<Integer> consoleSize,
        @Json.Property("AttachStdin") boolean attachStdin,
        @Json.Property("AttachStdout") boolean attachStdout,
        @Json.Property("AttachStderr") boolean attachStderr,
        @Json.Property("Detach") boolean detach,

        @Json.Property("DetachKeys") @Json.Alias("detachKeys") // docker-py writes it small, and Go reads both
        String detachKeys,

        @Json.Property("Env") List<String> env,
        @Json.Property("WorkingDir") String workingDir,

        @Json.Property("Cmd") @Json.Serializer(StringOrStrings.class)
        List<String> cmd) {
    public ExecConfig {
        user = Absent.text(user);
        consoleSize = Absent.list(consoleSize);
        detachKeys = Absent.text(detachKeys);
        env = Absent.list(env);
        workingDir = Absent.text(workingDir);
        cmd = Absent.list(cmd);
    }
}
