package dev.berth.daemon;

import dev.berth.api.http.HttpServer;
import dev.berth.api.http.Limits;
import dev.berth.api.route.Api;
import dev.berth.engine.Engine;
import dev.berth.engine.EngineOptions;
import dev.berth.engine.error.EngineException;
import dev.berth.image.ImageOptions;
import dev.berth.image.registry.Proxies;
import dev.berth.image.registry.RegistryOptions;
import dev.berth.level.LevelProvider;
import dev.berth.linux.namespace.Rootless;
import dev.berth.linux.process.OpenFiles;
import java.io.IOException;
import java.net.ProxySelector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import sun.misc.Signal;

/**
 * The daemon: an engine behind sockets, in the foreground, until SIGTERM or SIGINT. It ends with 0 when it was asked to,
 * and with 1 and one line on standard error when it cannot start. With {@code --check} it verifies its data root instead.
 */
public final class Main {
    private static final String VERSION = "0.1.0";
    private static final String DEFAULT_LEVEL = "os";

    private Main() {}

    public static void main(String[] args) {
        // An exception that leaves main makes the process end with 1; this is how it is told.
        Thread.currentThread()
                .setUncaughtExceptionHandler((thread, e) -> System.err.println("berth daemon: " + e.getMessage()));
        List<String> arguments = List.of(args);
        if (arguments.contains("--help") || arguments.contains("-h")) {
            System.out.print(DaemonOptions.USAGE);
            return;
        }
        if (arguments.contains("--version") || arguments.contains("-v")) {
            System.out.println("Berth version " + VERSION);
            return;
        }
        if (!Rootless.isPrivileged() && Rootless.startedBy().isEmpty()) {
            Rootless.hindrance().ifPresent(reason -> {
                throw new DaemonException(reason);
            });
            Rootless.enter();
        }
        DaemonOptions options = DaemonOptions.parse(arguments);
        if (options.check()) {
            StoreCheck.run(options, System.out);
        } else {
            run(options);
        }
    }

    private static void run(DaemonOptions options) {
        System.Logger log = new StderrLog(options.verbose() ? System.Logger.Level.DEBUG : System.Logger.Level.INFO);
        CountDownLatch asked = new CountDownLatch(1);
        Signal.handle(new Signal("TERM"), signal -> asked.countDown());
        Signal.handle(new Signal("INT"), signal -> asked.countDown());
        Limits limits = Limits.DEFAULT.within(OpenFiles.raise());
        try (Engine engine = open(options, log);
                HttpServer server = new HttpServer(new Api(engine, VERSION, log), limits, Api.headers(VERSION));
                HeapReturn memory = new HeapReturn(server::activity);
                Listener listener = new Listener(server, log)) {
            options.hosts().forEach(listener::listen);
            memory.begin();
            writePid(options);
            asked.await();
            log.log(
                    System.Logger.Level.INFO,
                    options.liveRestore() ? "ending: containers go on" : "ending: containers are stopped");
            server.drain();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            options.pidFile().ifPresent(Main::remove);
        }
    }

    private static Engine open(DaemonOptions options, System.Logger log) {
        List<LevelProvider> levels = new ArrayList<>();
        ServiceLoader.load(LevelProvider.class).forEach(levels::add);
        ImageOptions standard = ImageOptions.DEFAULT;
        RegistryOptions registries = standard.registries()
                .withInsecure(options.insecureRegistries())
                .withMirrors(options.mirrors())
                .withTransfers(options.parallelDownloads(), options.parallelUploads(), options.downloadAttempts())
                .withProxies(proxies());
        try {
            return Engine.open(new EngineOptions(
                    options.dataRoot(),
                    options.execRoot(),
                    options.labels(),
                    standard.with(registries),
                    levels,
                    DEFAULT_LEVEL,
                    options.liveRestore(),
                    options.logs(),
                    log));
        } catch (EngineException e) {
            throw new DaemonException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Those of the environment, for all that this process fetches over HTTP. */
    private static Proxies proxies() {
        try {
            Proxies proxies = Proxies.of(System.getenv());
            if (!proxies.equals(Proxies.NONE)) {
                ProxySelector.setDefault(proxies.selector());
            }
            return proxies;
        } catch (IllegalArgumentException e) {
            throw new DaemonException(String.valueOf(e.getMessage()), e);
        }
    }

    private static void writePid(DaemonOptions options) {
        options.pidFile().ifPresent(file -> {
            try {
                Files.writeString(
                        file,
                        Rootless.startedBy().orElse(ProcessHandle.current().pid()) + "\n");
            } catch (IOException e) {
                throw new DaemonException("cannot write " + file + ": " + e.getMessage(), e);
            }
        });
    }

    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            System.err.println("berth daemon: cannot remove " + file + ": " + e.getMessage());
        }
    }
}
