package dev.berth.daemon;

import dev.berth.engine.config.LogConfig;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.log.LogOptions;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the daemon is started with.
 *
 * @param hosts where it listens: {@code unix:///path} or {@code tcp://address:port}
 * @param insecureRegistries registries for which plain HTTP and unverified TLS are fine
 * @param liveRestore whether containers go on when the daemon ends, for the next one to take up
 * @param logs where containers' output is kept that ask for nothing else
 * @param verbose whether what is of interest to developers is logged as well
 */
record DaemonOptions(
        List<String> hosts,
        Path dataRoot,
        Path execRoot,
        List<String> labels,
        List<String> insecureRegistries,
        Optional<Path> pidFile,
        boolean liveRestore,
        LogConfig logs,
        boolean verbose) {
    static final String USAGE = """
            Usage:  berth daemon [OPTIONS]

            Runs the engine in the foreground until SIGTERM or SIGINT

            Options:
                  --data-root dir              Where state lives that outlasts a reboot (default "/var/lib/berth")
                  --exec-root dir              Where state lives that does not (default "/run/berth")
              -H, --host list                  Where to listen: unix:///path or tcp://address:port
                                               (default "unix:///run/berth.sock")
                  --insecure-registry list     Registries that may speak plain HTTP or have unknown certificates
                  --live-restore               Containers go on when the daemon ends, and the next one takes them up
                                               (default true; after a crash they do in any case)
                  --label list                 Labels of the engine, key=value
                  --log-driver string          Where containers' output is kept (default "json-file")
              -l, --log-level string           "debug", "info", "warn" or "error" (default "info")
                  --log-opt map                Options of the log driver, key=value
              -p, --pidfile file               Where to write the daemon's process ID
              -v, --version                    Print the version and end
            """;

    private static final String DEFAULT_HOST = "unix:///run/berth.sock";
    private static final List<String> LOG_LEVELS = List.of("debug", "info", "warn", "error", "fatal");

    /**
     * Reads the command line.
     *
     * @throws DaemonException for what it does not know
     */
    static DaemonOptions parse(List<String> arguments) {
        List<String> hosts = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        List<String> insecure = new ArrayList<>();
        Path dataRoot = Path.of("/var/lib/berth");
        Path execRoot = Path.of("/run/berth");
        Optional<Path> pidFile = Optional.empty();
        boolean liveRestore = true;
        String logDriver = LogConfig.DEFAULT_TYPE;
        Map<String, String> logOptions = new HashMap<>();
        boolean verbose = false;
        Deque<String> rest = new ArrayDeque<>(arguments);
        while (!rest.isEmpty()) {
            String argument = rest.pop();
            int equals = argument.startsWith("--") ? argument.indexOf('=') : -1;
            String flag = equals < 0 ? argument : argument.substring(0, equals);
            if (equals >= 0) {
                rest.push(argument.substring(equals + 1));
            }
            switch (flag) {
                case "-H", "--host" -> hosts.add(value(flag, rest));
                case "--data-root" -> dataRoot = path(flag, rest);
                case "--exec-root" -> execRoot = path(flag, rest);
                case "--label" -> labels.add(value(flag, rest));
                case "--insecure-registry" -> insecure.add(value(flag, rest));
                case "-p", "--pidfile" -> pidFile = Optional.of(path(flag, rest));
                case "--live-restore" -> liveRestore = equals < 0 || truth(flag, value(flag, rest));
                case "--log-driver" -> logDriver = value(flag, rest);
                case "--log-opt" -> addOption(value(flag, rest), logOptions);
                case "-D", "--debug" -> verbose = true;
                case "-l", "--log-level" ->
                    verbose = logLevel(value(flag, rest)).equals("debug");
                default ->
                    throw new DaemonException((flag.startsWith("-") ? "unknown flag: " : "unknown argument: ") + flag
                            + "\nSee 'berth daemon --help'.");
            }
        }
        return new DaemonOptions(
                hosts.isEmpty() ? List.of(DEFAULT_HOST) : List.copyOf(hosts),
                dataRoot,
                execRoot,
                List.copyOf(labels),
                List.copyOf(insecure),
                pidFile,
                liveRestore,
                logs(logDriver, logOptions),
                verbose);
    }

    private static void addOption(String text, Map<String, String> options) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw new DaemonException("invalid argument \"" + text + "\" for --log-opt: invalid key=value pair");
        }
        options.put(text.substring(0, equals), text.substring(equals + 1));
    }

    private static LogConfig logs(String driver, Map<String, String> options) {
        LogConfig logs = new LogConfig(driver, options);
        try {
            LogOptions.of(logs);
            return logs;
        } catch (EngineException e) {
            throw new DaemonException("failed to set log opts: " + e.getMessage(), e);
        }
    }

    private static String value(String flag, Deque<String> rest) {
        if (rest.isEmpty()) {
            throw new DaemonException("flag needs an argument: " + flag + "\nSee 'berth daemon --help'.");
        }
        return rest.pop();
    }

    private static Path path(String flag, Deque<String> rest) {
        String text = value(flag, rest);
        if (text.isEmpty() || text.indexOf('\0') >= 0) {
            throw new DaemonException("invalid argument \"" + text + "\" for " + flag + ": a path is expected");
        }
        return Path.of(text).toAbsolutePath().normalize();
    }

    private static boolean truth(String flag, String text) {
        return switch (text) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw new DaemonException("invalid argument \"" + text + "\" for " + flag + ": true or false");
        };
    }

    private static String logLevel(String text) {
        if (!LOG_LEVELS.contains(text)) {
            throw new DaemonException("unable to parse logging level: " + text);
        }
        return text;
    }
}
