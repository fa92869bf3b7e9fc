package dev.berth.conformance;

import dev.berth.testing.OrdinaryUser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Our daemon as a process of its own, with its own roots and socket below one directory. Closing it ends it. */
public final class DaemonProcess implements AutoCloseable {
    private final Path home;
    private final Process process;

    private DaemonProcess(Path home, Process process) {
        this.home = home;
        this.process = process;
    }

    /** One whose containers end with it, but for a crash. */
    public static DaemonProcess start(Path home) throws IOException, InterruptedException {
        return start(home, "--live-restore=false");
    }

    /** One with further options. */
    static DaemonProcess start(Path home, String... options) throws IOException, InterruptedException {
        return startUnder(List.of(), home, options);
    }

    /** One that another program starts, such as prlimit(1), by becoming it. */
    static DaemonProcess startUnder(List<String> launcher, Path home, String... options)
            throws IOException, InterruptedException {
        DaemonProcess daemon = begin(launcher, home, options);
        Command.eventually("the daemon to listen: " + home.resolve("log"), daemon::listens);
        return daemon;
    }

    /** Starts one, and does not wait until it listens. */
    public static DaemonProcess begin(Path home, String... options) throws IOException {
        return begin(List.of(), home, options);
    }

    /**
     * One of an ordinary user's.
     *
     * @param classPath that the user can read
     */
    static DaemonProcess startAs(OrdinaryUser user, String classPath) throws IOException, InterruptedException {
        Path home = user.own(Files.createDirectories(user.home().resolve("engine")));
        List<String> launcher = new ArrayList<>(user.launcher());
        launcher.addAll(List.of("env", "HOME=" + user.home()));
        DaemonProcess daemon = beginWith(launcher, home, classPath);
        Command.eventually("the daemon to listen: " + home.resolve("log"), daemon::listens);
        return daemon;
    }

    private static DaemonProcess begin(List<String> launcher, Path home, String... options) throws IOException {
        return beginWith(launcher, home, System.getProperty("java.class.path"), options);
    }

    private static DaemonProcess beginWith(List<String> launcher, Path home, String classPath, String... options)
            throws IOException {
        Files.createDirectories(home);
        List<String> command = new ArrayList<>(launcher);
        command.addAll(command(home, classPath));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(home.resolve("log").toFile()))
                .start();
        return new DaemonProcess(home, process);
    }

    private static List<String> command(Path home, String classPath) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                // What ./berth starts it with, as far as it bears on memory.
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders",
                "-Xms16m",
                "-XX:MinHeapFreeRatio=10",
                "-XX:MaxHeapFreeRatio=30",
                "-XX:-ShrinkHeapInSteps",
                "-XX:+UnlockExperimentalVMOptions",
                "-XX:TrimNativeHeapInterval=2000",
                "-cp",
                classPath,
                "dev.berth.daemon.Main",
                "--host",
                "unix://" + home.resolve("d.sock"),
                "--data-root",
                home.resolve("data").toString(),
                "--exec-root",
                home.resolve("exec").toString());
    }

    private boolean listens() {
        if (!process.isAlive()) {
            throw new AssertionError("the daemon ended: " + Command.read(home.resolve("log")));
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(home.resolve("d.sock")));
        } catch (IOException e) {
            return false;
        }
    }

    String host() {
        return "unix://" + home.resolve("d.sock");
    }

    /** Where it listens. */
    public Path socket() {
        return home.resolve("d.sock");
    }

    public Path dataRoot() {
        return home.resolve("data");
    }

    public long pid() {
        return process.pid();
    }

    /** What it has told on its standard error so far. */
    String log() {
        return Command.read(home.resolve("log"));
    }

    /** What of its memory is in RAM (VmRSS of proc(5)). */
    long residentBytes() {
        return Command.read(Path.of("/proc", Long.toString(pid()), "status"))
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElseThrow();
    }

    /** How many descriptors it has open. */
    int openFiles() {
        try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(pid()), "fd"))) {
            return (int) files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Processor time it has used so far. */
    Duration processorTime() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    /** The official docker command line against this daemon. */
    Command docker(String... args) {
        return dockerWithInput("", args);
    }

    Command dockerWithInput(String input, String... args) {
        String[] all = new String[args.length + 1];
        all[0] = "docker";
        System.arraycopy(args, 0, all, 1, args.length);
        return Command.runWithInput(dockerEnvironment(), input, all);
    }

    Map<String, String> dockerEnvironment() {
        return Map.of(
                "DOCKER_HOST", host(), "DOCKER_CONFIG", home.resolve("docker").toString());
    }

    /** Our own command line against this daemon. */
    Command berth(String... args) {
        return berthWithInput(Map.of("DOCKER_CONFIG", home.resolve("docker").toString()), "", args);
    }

    /** Our own command line with another environment. */
    Command berthWithInput(Map<String, String> environment, String input, String... args) {
        String[] fixed = {
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.berth.cli.Main",
            "--host",
            host()
        };
        String[] all = new String[fixed.length + args.length];
        System.arraycopy(fixed, 0, all, 0, fixed.length);
        System.arraycopy(args, 0, all, fixed.length, args.length);
        return Command.runWithInput(environment, input, all);
    }

    /** Asks it to end, as a service manager would. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError(
                        "the daemon did not end in 30 s after SIGTERM: " + Command.read(home.resolve("log")));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while the daemon ended", e);
        }
    }

    /** Ends it as a crash would. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}
