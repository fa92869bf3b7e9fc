package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.http.EngineClient;
import dev.berth.cli.http.Hijacked;
import dev.berth.cli.json.Json;
import java.io.IOException;
import java.util.List;

/** {@code berth exec}. */
final class ExecCommand {
    private ExecCommand() {}

    static Command command() {
        return new Command(
                "exec [OPTIONS] CONTAINER COMMAND [ARG...]",
                "Execute a command in a running container",
                2,
                -1,
                false,
                List.of(
                        Flag.flag("detach", "d", "Detached mode: run command in the background"),
                        Flag.text("detach-keys", "", "Override the key sequence for detaching a container"),
                        Flag.list("env", "e", "Set environment variables"),
                        Flag.list("env-file", "", "Read in a file of environment variables"),
                        Flag.flag("interactive", "i", "Keep STDIN open even if not attached"),
                        Flag.flag("privileged", "", "Give extended privileges to the command"),
                        Flag.flag("tty", "t", "Allocate a pseudo-TTY"),
                        Flag.text("user", "u", "Username or UID (format: \"<name|uid>[:<group|gid>]\")"),
                        Flag.text("workdir", "w", "Working directory inside the container")),
                ExecCommand::run);
    }

    private static int run(Context context, Flags flags) throws IOException {
        boolean terminal = flags.has("tty");
        boolean detached = flags.has("detach");
        boolean input = flags.has("interactive") && !detached;
        if (terminal && input && !Context.isTerminal(0)) {
            throw new CliException(1, "the input device is not a TTY");
        }
        EngineClient client = context.client();
        List<String> words = flags.arguments();
        String id = client.post(
                        Identifiers.path(words.getFirst()) + "/exec",
                        Json.of(
                                "User", flags.text("user", ""),
                                "Privileged", flags.has("privileged"),
                                "Tty", terminal,
                                "AttachStdin", input,
                                "AttachStdout", !detached,
                                "AttachStderr", !detached,
                                "Detach", detached,
                                "DetachKeys", flags.text("detach-keys", ""),
                                "Env", environment(flags),
                                "WorkingDir", flags.text("workdir", ""),
                                "Cmd", words.subList(1, words.size())))
                .text("Id");
        if (detached) {
            client.post("/exec/" + id + "/start", Json.of("Detach", true, "Tty", terminal));
            return 0;
        }
        Hijacked stream = client.hijack("/exec/" + id + "/start", Json.of("Detach", false, "Tty", terminal));
        try (Attached attached = new Attached(context, stream, terminal, input)) {
            attached.prepareTerminal(
                    (rows, columns) -> client.post("/exec/" + id + "/resize?h=" + rows + "&w=" + columns, null));
            attached.copy(true, true);
        }
        return (int) client.get("/exec/" + id + "/json").number("ExitCode");
    }

    /** As {@code run} reads it; what is wrong with a file is told without more, and with another exit code, as docker does. */
    private static List<String> environment(Flags flags) {
        try {
            return Values.environment(flags.list("env-file"), flags.list("env"));
        } catch (CliException e) {
            String message = String.valueOf(e.getMessage());
            throw new CliException(message.replaceFirst("^berth: ", "").split("\n", 2)[0]);
        }
    }
}
