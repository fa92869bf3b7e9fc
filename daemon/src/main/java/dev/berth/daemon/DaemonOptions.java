package dev.berth.daemon;

import dev.berth.engine.config.LogConfig;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.log.LogOptions;
import dev.berth.image.registry.RegistryOptions;
import dev.berth.linux.namespace.Rootless;
import dev.berth.linux.namespace.UserFolders;
import java.net.URI;
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
 * @param mirrors of Docker Hub, asked before it
 * @param parallelDownloads how many layers are pulled at once
 * @param parallelUploads how many layers are pushed at once
 * @param downloadAttempts how often a download is tried
 * @param liveRestore whether containers go on when the daemon ends, for the next one to take up
 * @param logs where containers' output is kept that ask for nothing else
 * @param verbose whether what is of interest to developers is logged as well
 * @param check whether the data root is verified instead
 */
record DaemonOptions(
        List<String> hosts,
        Path dataRoot,
        Path execRoot,
        List<String> labels,
        List<String> insecureRegistries,
        List<URI> mirrors,
        int parallelDownloads,
        int parallelUploads,
        int downloadAttempts,
        Optional<Path> pidFile,
        boolean liveRestore,
        LogConfig logs,
        boolean verbose,
        boolean check,
        boolean repair) {
    static final String USAGE = """
            Usage:  berth daemon [OPTIONS]

            Runs the engine in the foreground until SIGTERM or SIGINT

            Options:
                  --check                      Verify the data root, which no engine may have open, and end: with 0
                                               where nothing is found, else with 1 and a line for each finding
                  --data-root dir              Where state lives that outlasts a reboot (default "/var/lib/berth";
                                               of an ordinary user, "$XDG_DATA_HOME/berth")
                  --exec-root dir              Where state lives that does not (default "/run/berth"; of an
                                               ordinary user, "$XDG_RUNTIME_DIR/berth/exec")
              -H, --host list                  Where to listen: unix:///path or tcp://address:port
                                               (default "unix:///run/berth.sock"; of an ordinary user,
                                               "unix://$XDG_RUNTIME_DIR/berth/berth.sock")
                  --insecure-registry list     Registries that may speak plain HTTP or have unknown certificates
                  --live-restore               Containers go on when the daemon ends, and the next one takes them up
                                               (default true; after a crash they do in any case;
                                               an ordinary user's end with the daemon)
                  --label list                 Labels of the engine, key=value
                  --log-driver string          Where containers' output is kept (default "json-file")
              -l, --log-level string           "debug", "info", "warn" or "error" (default "info")
                  --log-opt map                Options of the log driver, key=value
                  --max-concurrent-downloads int
                                               Layers that are pulled at once (default 3)
                  --max-concurrent-uploads int
                                               Layers that are pushed at once (default 5)
                  --max-download-attempts int  How often a download is tried (default 5)
              -p, --pidfile file               Where to write the daemon's process ID
                  --registry-mirror list       Mirrors of Docker Hub, asked before it: https://host[:port]
                  --repair                     With --check: repair what can be repaired
              -v, --version                    Print the version and end
            """;

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
        List<URI> mirrors = new ArrayList<>();
        int downloads = RegistryOptions.DEFAULT.parallelDownloads();
        int uploads = RegistryOptions.DEFAULT.parallelUploads();
        int attempts = RegistryOptions.DEFAULT.downloadAttempts();
        Standard standard = Standard.ofUser();
        Path dataRoot = standard.dataRoot();
        Path execRoot = standard.execRoot();
        Optional<Path> pidFile = Optional.empty();
        boolean liveRestore = standard.liveRestore();
        String logDriver = LogConfig.DEFAULT_TYPE;
        Map<String, String> logOptions = new HashMap<>();
        boolean verbose = false;
        boolean check = false;
        boolean repair = false;
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
                case "--registry-mirror" -> mirrors.add(mirror(value(flag, rest)));
                case "--max-concurrent-downloads" -> downloads = positive(flag, rest);
                case "--max-concurrent-uploads" -> uploads = positive(flag, rest);
                case "--max-download-attempts" -> attempts = positive(flag, rest);
                case "-p", "--pidfile" -> pidFile = Optional.of(path(flag, rest));
                case "--live-restore" -> liveRestore = equals < 0 || truth(flag, value(flag, rest));
                case "--log-driver" -> logDriver = value(flag, rest);
                case "--log-opt" -> addOption(value(flag, rest), logOptions);
                case "-D", "--debug" -> verbose = true;
                case "--check" -> check = true;
                case "--repair" -> repair = true;
                case "-l", "--log-level" ->
                    verbose = logLevel(value(flag, rest)).equals("debug");
                default ->
                    throw new DaemonException((flag.startsWith("-") ? "unknown flag: " : "unknown argument: ") + flag
                            + "\nSee 'berth daemon --help'.");
            }
        }
        if (liveRestore && !standard.liveRestore()) {
            throw new DaemonException(
                    "--live-restore needs root: the containers of an ordinary user's daemon end with it");
        }
        if (hosts.isEmpty() || execRoot.equals(standard.execRoot())) {
            standard.make();
        }
        if (repair && !check) {
            throw new DaemonException("--repair needs --check\nSee 'berth daemon --help'.");
        }
        return new DaemonOptions(
                hosts.isEmpty() ? List.of(standard.host()) : List.copyOf(hosts),
                dataRoot,
                execRoot,
                List.copyOf(labels),
                List.copyOf(insecure),
                List.copyOf(mirrors),
                downloads,
                uploads,
                attempts,
                pidFile,
                liveRestore,
                logs(logDriver, logOptions),
                verbose,
                check,
                repair);
    }

    /** What holds where nothing is said. */
    private record Standard(Path dataRoot, Path execRoot, String host, boolean liveRestore) {
        /** Makes an ordinary user's folder for sockets, where something is to be in it. */
        void make() {
            if (Rootless.startedBy().isPresent()) {
                UserFolders.own().makeRuntime();
            }
        }

        /** An ordinary user's containers live in namespaces that end with the daemon. */
        static Standard ofUser() {
            if (Rootless.startedBy().isEmpty()) {
                return new Standard(Path.of("/var/lib/berth"), Path.of("/run/berth"), "unix:///run/berth.sock", true);
            }
            UserFolders folders = UserFolders.own();
            return new Standard(folders.data(), folders.runtime().resolve("exec"), "unix://" + folders.socket(), false);
        }
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

    private static URI mirror(String text) {
        try {
            return RegistryOptions.mirror(text);
        } catch (IllegalArgumentException e) {
            throw new DaemonException(String.valueOf(e.getMessage()), e);
        }
    }

    private static int positive(String flag, Deque<String> rest) {
        String text = value(flag, rest);
        try {
            int number = Integer.parseInt(text);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw notPositive(flag, text);
        }
        throw notPositive(flag, text);
    }

    private static DaemonException notPositive(String flag, String text) {
        return new DaemonException(
                "invalid argument \"" + text + "\" for " + flag + ": a number of 1 and more is expected");
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
