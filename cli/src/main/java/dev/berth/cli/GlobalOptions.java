package dev.berth.cli;

import dev.berth.cli.endpoint.ContextStore;
import dev.berth.cli.endpoint.Endpoint;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The flags before the verb, and what the environment says where they say nothing. */
public final class GlobalOptions {
    static final List<Flag> FLAGS = List.of(
            Flag.text("config", "", "Location of client config files"),
            Flag.text("context", "c", "Name of the context to use to connect to the daemon"),
            Flag.flag("debug", "D", "Enable debug mode"),
            Flag.list("host", "H", "Daemon socket to connect to"),
            Flag.text("log-level", "l", "Set the logging level (\"debug\", \"info\", \"warn\", \"error\", \"fatal\")"),
            Flag.flag("tls", "", "Use TLS; implied by --tlsverify"),
            Flag.text("tlscacert", "", "Trust certs signed only by this CA"),
            Flag.text("tlscert", "", "Path to TLS certificate file"),
            Flag.text("tlskey", "", "Path to TLS key file"),
            Flag.flag("tlsverify", "", "Use TLS and verify the remote"),
            Flag.flag("version", "v", "Print version information and quit"),
            Flag.flag("help", "h", "Print usage"));

    private static final List<String> LOG_LEVELS =
            List.of("trace", "debug", "info", "warn", "warning", "error", "fatal", "panic");

    private final Flags flags;
    private final Map<String, String> environment;

    /** @throws CliException for flags that contradict each other, or say what there is not */
    GlobalOptions(Flags flags, Map<String, String> environment) {
        this.flags = flags;
        this.environment = environment;
        flags.text("log-level").ifPresent(level -> {
            if (!LOG_LEVELS.contains(level)) {
                throw new CliException("Unable to parse logging level: " + level);
            }
        });
        if (flags.isSet("context") && flags.isSet("host")) {
            throw new CliException("conflicting options: cannot specify both --host and --context");
        }
    }

    /** Whether failures are told with all that led to them. */
    public boolean debug() {
        return flags.has("debug") || flags.text("log-level", "").equals("debug");
    }

    /** Docker's folder of configuration: {@code ~/.docker}. */
    public Path configFolder() {
        return flags.text("config")
                .or(() -> variable("DOCKER_CONFIG"))
                .map(Path::of)
                .orElseGet(() -> Path.of(variable("HOME").orElseGet(() -> System.getProperty("user.home")), ".docker"));
    }

    public ContextStore contexts() {
        return new ContextStore(configFolder());
    }

    /** The name of the context that counts. */
    public String context() {
        return flags.text("context")
                .or(() -> askedHost().isPresent() ? Optional.of(ContextStore.DEFAULT) : Optional.empty())
                .or(() -> variable("DOCKER_CONTEXT"))
                .or(() -> contexts().current())
                .orElse(ContextStore.DEFAULT);
    }

    /** The daemon that was asked for, in whichever way; empty where nobody said anything. */
    Optional<Endpoint> endpoint() {
        String context = context();
        return context.equals(ContextStore.DEFAULT)
                ? askedHost().map(host -> Endpoint.of(host, tls()))
                : Optional.of(stored(context));
    }

    private Endpoint stored(String context) {
        try {
            return contexts().find(context).endpoint();
        } catch (CliException e) {
            throw new CliException("Failed to initialize: unable to resolve docker endpoint: " + e.getMessage());
        }
    }

    /** Of the default context. */
    public Optional<String> askedHost() {
        List<String> hosts = flags.list("host");
        if (hosts.size() > 1) {
            throw new CliException("Failed to initialize: unable to resolve docker endpoint: Specify only one -H");
        }
        return hosts.stream().findFirst().or(() -> variable("BERTH_HOST")).or(() -> variable("DOCKER_HOST"));
    }

    private Optional<Endpoint.Tls> tls() {
        boolean verify = flags.has("tlsverify", variable("DOCKER_TLS_VERIFY").isPresent());
        if (!verify && !flags.has("tls", variable("DOCKER_TLS").isPresent())) {
            return Optional.empty();
        }
        return Optional.of(new Endpoint.Tls(
                file("tlscacert", "ca.pem"), file("tlscert", "cert.pem"), file("tlskey", "key.pem"), verify));
    }

    /** What was named is used, and what is at the usual place, where it is there. */
    private Optional<Path> file(String flag, String usual) {
        Path folder = variable("DOCKER_CERT_PATH").map(Path::of).orElseGet(this::configFolder);
        return flags.text(flag)
                .map(Path::of)
                .or(() -> Optional.of(folder.resolve(usual)).filter(Files::exists));
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }
}
