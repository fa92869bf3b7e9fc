package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.http.Answer;
import dev.berth.cli.http.ApiException;
import dev.berth.cli.http.EngineClient;
import dev.berth.cli.http.Hijacked;
import dev.berth.cli.json.Tree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code berth start} and {@code berth attach}. */
final class StartCommand {
    private StartCommand() {}

    static Command command() {
        return Command.of(
                "start [OPTIONS] CONTAINER [CONTAINER...]",
                "Start one or more stopped containers",
                1,
                -1,
                List.of(
                        Flag.flag("attach", "a", "Attach STDOUT/STDERR and forward signals"),
                        Flag.text("detach-keys", "", "Override the key sequence for detaching a container"),
                        Flag.flag("interactive", "i", "Attach container's STDIN")),
                (context, flags) -> {
                    if (!flags.has("attach") && !flags.has("interactive")) {
                        return startAll(context, flags.arguments());
                    }
                    if (flags.arguments().size() != 1) {
                        throw new CliException("you cannot start and attach multiple containers at once");
                    }
                    return attach(context, flags, flags.arguments().getFirst(), flags.has("interactive"), true);
                });
    }

    private static int startAll(Context context, List<String> ids) throws IOException {
        List<String> failed = new ArrayList<>();
        Identifiers.forEach(context, ids, id -> {
            try {
                context.client().post(Identifiers.path(id) + "/start", null);
            } catch (ApiException e) {
                failed.add(id);
                throw e;
            }
        });
        if (failed.isEmpty()) {
            return 0;
        }
        context.err().println("Error: failed to start containers: " + String.join(", ", failed));
        return 1;
    }

    static Command attach() {
        return Command.of(
                "attach [OPTIONS] CONTAINER",
                "Attach local standard input, output, and error streams to a running container",
                1,
                1,
                List.of(
                        Flag.text("detach-keys", "", "Override the key sequence for detaching a container"),
                        Flag.flag("no-stdin", "", "Do not attach STDIN"),
                        Flag.flag("sig-proxy", "", "Proxy all received signals to the process (default true)")),
                (context, flags) -> {
                    String id = flags.arguments().getFirst();
                    Tree container = context.client().get(Identifiers.path(id) + "/json");
                    if (!container.flag("State", "Running")) {
                        throw new CliException("You cannot attach to a stopped container, start it first");
                    }
                    if (container.flag("State", "Paused")) {
                        throw new CliException("You cannot attach to a paused container, unpause it first");
                    }
                    if (container.flag("State", "Restarting")) {
                        throw new CliException("You cannot attach to a restarting container, wait until it is running");
                    }
                    return attach(context, flags, id, !flags.has("no-stdin"), false);
                });
    }

    private static int attach(Context context, Flags flags, String id, boolean withInput, boolean start)
            throws IOException {
        EngineClient client = context.client();
        String path = Identifiers.path(id);
        Tree container = client.get(path + "/json");
        boolean terminal = container.flag("Config", "Tty");
        boolean input = withInput && container.flag("Config", "OpenStdin");
        Hijacked stream = client.hijack(
                path + "/attach"
                        + Identifiers.query(
                                "stream", "1",
                                "stdin", input ? "1" : "",
                                "stdout", "1",
                                "stderr", "1",
                                "detachKeys", flags.text("detach-keys", "")),
                null);
        boolean removed = container.flag("HostConfig", "AutoRemove");
        String condition = removed ? "removed" : start ? "next-exit" : "not-running";
        try (Attached attached = new Attached(context, stream, terminal, input);
                Answer waiting = client.send("POST", path + "/wait?condition=" + condition, null, Map.of())) {
            if (!terminal && flags.has("sig-proxy", true)) {
                Attached.passSignals(signal -> client.post(path + "/kill?signal=" + signal, null));
            }
            if (start) {
                client.post(path + "/start", null);
            }
            attached.prepareTerminal(
                    (rows, columns) -> client.post(path + "/resize?h=" + rows + "&w=" + columns, null));
            attached.copy(true, true);
            if (terminal && Attached.isDetached(client, path)) {
                return 0;
            }
            return (int) waiting.json().number("StatusCode");
        }
    }
}
