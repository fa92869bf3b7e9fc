package dev.berth.conformance;

import dev.berth.testing.RegistryProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * What a suite of an SDK is run against: our daemon with one image, and a registry that may be written to. Closing it ends
 * both.
 */
final class SdkHost implements AutoCloseable {
    static final String IMAGE = "busybox:test";

    private final Path home;
    private final DaemonProcess daemon;
    private final RegistryProcess registry;

    private SdkHost(Path home, DaemonProcess daemon, RegistryProcess registry) {
        this.home = home;
        this.daemon = daemon;
        this.registry = registry;
    }

    static SdkHost start(Path home) throws IOException, InterruptedException {
        DaemonProcess daemon = DaemonProcess.start(home.resolve("engine"));
        importImage(daemon, home);
        Files.createDirectories(home.resolve("shared"));
        return new SdkHost(home, daemon, RegistryProcess.start(home.resolve("registry")));
    }

    /** Gives a daemon the image; what it is made from is left below the directory. */
    static void importImage(DaemonProcess daemon, Path home) throws IOException {
        Path tar = BoxTar.make(home);
        daemon.docker("import", "--change", "CMD [\"sh\"]", tar.toString(), IMAGE)
                .succeeded();
    }

    DaemonProcess daemon() {
        return daemon;
    }

    /** Host and port of the registry. */
    String registry() {
        return registry.domain();
    }

    /** A directory of the host that containers may be given. */
    Path shared() {
        return home.resolve("shared");
    }

    /** Runs a suite that is a program of its own, which finds in its environment what it needs. */
    Command run(String... command) {
        Map<String, String> environment = new HashMap<>(daemon.dockerEnvironment());
        environment.put("BERTH_TEST_IMAGE", IMAGE);
        environment.put("BERTH_TEST_REGISTRY", registry());
        environment.put("BERTH_TEST_DIRECTORY", shared().toString());
        return Command.run(environment, command);
    }

    @Override
    public void close() {
        try {
            registry.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            daemon.close();
        }
    }
}
