package dev.berth.bench;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An engine under measurement: a daemon of its own with roots and socket below one directory. Closing it ends it. */
final class Peer implements AutoCloseable {
    /** Becomes the program that follows, in a network namespace of its own, where its bridges and rules meet nobody's. */
    static final List<String> APART =
            List.of("unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$0\" \"$@\"");

    private final String name;
    private final Path home;
    private final List<String> command;
    private Process process;

    private Peer(String name, Path home, List<String> command) throws IOException {
        this.name = name;
        this.home = Files.createDirectories(home);
        this.command = command;
        this.process = spawn();
        awaitAnswer();
    }

    static Peer berth(Path project, Path home) throws IOException {
        return berth(List.of(), project, home);
    }

    /** With networks, in a network namespace of its own. */
    static Peer berthApart(Path project, Path home) throws IOException {
        return berth(APART, project, home);
    }

    private static Peer berth(List<String> launcher, Path project, Path home) throws IOException {
        return new Peer(
                "berth",
                home,
                concat(
                        launcher,
                        List.of(
                                project.resolve("berth").toString(),
                                "daemon",
                                "--host",
                                "unix://" + home.resolve("d.sock"),
                                "--data-root",
                                home.resolve("data").toString(),
                                "--exec-root",
                                home.resolve("exec").toString(),
                                "--live-restore=false")));
    }

    /** Without networks. */
    static Peer dockerd(Path home) throws IOException {
        return dockerd(List.of(), home, List.of("--bridge=none", "--iptables=false", "--ip6tables=false"));
    }

    /** With networks, in a network namespace of its own. */
    static Peer dockerdApart(Path home) throws IOException {
        return dockerd(APART, home, List.of());
    }

    private static Peer dockerd(List<String> launcher, Path home, List<String> options) throws IOException {
        List<String> command = List.of(
                "dockerd",
                "--host",
                "unix://" + home.resolve("d.sock"),
                "--data-root",
                home.resolve("data").toString(),
                "--exec-root",
                home.resolve("exec").toString(),
                "--pidfile",
                home.resolve("pid").toString());
        return new Peer("dockerd", home, concat(launcher, concat(command, options)));
    }

    private static List<String> concat(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    String name() {
        return name;
    }

    Path socket() {
        return home.resolve("d.sock");
    }

    Api connect() throws IOException {
        return new Api(socket());
    }

    /** Stops the daemon and starts it again: how long from the start of the process to the first answer. */
    long restartNanos() throws Exception {
        stop();
        long begin = System.nanoTime();
        process = spawn();
        awaitAnswer();
        return System.nanoTime() - begin;
    }

    long pid() {
        return process.pid();
    }

    /** The daemon and every process it has started that is still its descendant. */
    Set<Long> processes() {
        Set<Long> all = process.descendants().map(ProcessHandle::pid).collect(Collectors.toCollection(HashSet::new));
        all.add(process.pid());
        return all;
    }

    /** Resident memory of the daemon and every process it has started, in KiB. */
    long residentKib() throws IOException {
        long kib = resident(process.pid());
        for (ProcessHandle child : process.descendants().toList()) {
            kib += resident(child.pid());
        }
        return kib;
    }

    private static long resident(long pid) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .sum();
        }
    }

    private Process spawn() throws IOException {
        return new ProcessBuilder(new ArrayList<>(command))
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(home.resolve("log").toFile()))
                .start();
    }

    /** Tries every millisecond: fine enough for what is measured, and light enough not to disturb it. */
    private void awaitAnswer() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                probe.connect(UnixDomainSocketAddress.of(socket()));
                try (Api api = connect()) {
                    api.get("/_ping");
                    return;
                }
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new IOException(name + " does not answer; see " + home.resolve("log"), e);
                }
            }
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }

    private void stop() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + name + " ended", e);
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        stop();
        // Once a container has had a network of its own, dockerd leaves that mounted.
        Path kept = home.resolve("exec/netns/default");
        if (Files.exists(kept)) {
            Program.run("umount", kept.toString());
        }
    }
}
