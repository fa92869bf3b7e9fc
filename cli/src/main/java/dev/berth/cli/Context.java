package dev.berth.cli;

import dev.berth.cli.endpoint.Endpoint;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.http.EngineClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where a command runs: its streams, its environment, and the daemon it speaks to. */
public final class Context {
    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;
    private final GlobalOptions options;
    private Optional<EngineClient> client = Optional.empty();

    /** @param options what stands before the verb on the command line */
    public Context(
            InputStream in, PrintStream out, PrintStream err, Map<String, String> environment, GlobalOptions options) {
        this.in = in;
        this.out = out;
        this.err = err;
        this.environment = environment;
        this.options = options;
    }

    public InputStream in() {
        return in;
    }

    public PrintStream out() {
        return out;
    }

    public PrintStream err() {
        return err;
    }

    public Optional<String> environment(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    /** A variable as it is, also an empty one. */
    public Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name));
    }

    public GlobalOptions options() {
        return options;
    }

    /** The daemon; started, where it is the usual one and nobody answers. */
    public EngineClient client() {
        if (client.isEmpty()) {
            Optional<Endpoint> asked = options.endpoint();
            EngineClient engine = engine(asked);
            if (asked.isEmpty() && !engine.answers()) {
                new DaemonLauncher(this).start(engine);
            }
            client = Optional.of(engine);
        }
        return client.get();
    }

    /** The daemon, whether or not somebody answers; none is started. */
    public EngineClient daemon() {
        return engine(options.endpoint());
    }

    private static EngineClient engine(Optional<Endpoint> asked) {
        return new EngineClient(asked.orElseGet(() -> Endpoint.of(Endpoint.usualHost(), Optional.empty())));
    }

    /** The flags that may stand before the verb. */
    public static List<Flag> globalFlags() {
        return GlobalOptions.FLAGS;
    }

    /** Whether a standard stream (0, 1, 2) is a terminal; asked of the kernel's links, which costs no start-up. */
    public static boolean isTerminal(int stream) {
        try {
            String target =
                    Files.readSymbolicLink(Path.of("/proc/self/fd/" + stream)).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }
}
