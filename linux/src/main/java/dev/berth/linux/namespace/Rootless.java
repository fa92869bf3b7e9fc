package dev.berth.linux.namespace;

import dev.berth.linux.Fd;
import dev.berth.linux.Kernel;
import dev.berth.linux.asm.SystemCall;
import dev.berth.linux.file.MemoryFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The way of an ordinary user to what only root may do: a user namespace in which the user is root, with a mount namespace
 * and a PID namespace of its own. The network stays the host's. Other users are there where the administrator gives some
 * ({@link SubordinateIds}).
 */
public final class Rootless {
    /** {@code CAP_SYS_ADMIN} of capabilities(7): mounts and namespaces. */
    private static final int SYS_ADMIN = 21;

    private static final Path PROC = Path.of("/proc/self");
    private static final int AT_EMPTY_PATH = 0x1000;

    /** What administrators switch user namespaces off by; each with the value that does so. */
    private static final Map<String, String> SWITCHES = Map.of(
            "kernel.unprivileged_userns_clone", "0",
            "kernel.apparmor_restrict_unprivileged_userns", "1",
            "user.max_user_namespaces", "0");

    /** By this a JVM that has been started anew knows it, and the number of the process before it. */
    private static final String STARTED_BY = "berth.rootless";

    private Rootless() {}

    /** The process that whoever started us knows, where this one is in namespaces that {@link #enter} has made. */
    public static OptionalLong startedBy() {
        return Optional.ofNullable(System.getProperty(STARTED_BY)).stream()
                .mapToLong(Long::parseLong)
                .findFirst();
    }

    /** Whether this process may set up containers as it is. */
    public static boolean isPrivileged() {
        return (Long.parseUnsignedLong(status("CapEff:").getFirst(), 16) & 1L << SYS_ADMIN) != 0;
    }

    /** The user that this process is, in its user namespace. */
    public static int user() {
        return (int) Long.parseLong(status("Uid:").get(1));
    }

    /** The name of the user that this process is; the number's text for one who has none. */
    public static String userName() {
        try {
            return Files.getOwner(PROC).getName();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read whose this process is: " + e.getMessage(), e);
        }
    }

    private static int group() {
        return (int) Long.parseLong(status("Gid:").get(1));
    }

    private static List<String> status(String name) {
        try {
            return Files.readAllLines(PROC.resolve("status")).stream()
                    .filter(line -> line.startsWith(name))
                    .findFirst()
                    .map(line -> List.of(line.substring(name.length()).strip().split("\\s+")))
                    .orElseThrow(() -> new IOException("/proc/self/status has no " + name));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read what this process may do: " + e.getMessage(), e);
        }
    }

    /** What an administrator has set against it, and what to do; empty where nothing is known to be in the way. */
    public static Optional<String> hindrance() {
        return SWITCHES.entrySet().stream()
                .filter(one -> set(one.getKey()).equals(Optional.of(one.getValue())))
                .map(one -> "this host forbids ordinary users to make user namespaces (" + one.getKey() + " = "
                        + one.getValue() + "): run it as root, or have an administrator change that by sysctl")
                .sorted()
                .findFirst();
    }

    private static Optional<String> set(String name) {
        Path file = Path.of("/proc/sys", name.replace('.', '/'));
        try {
            return Optional.of(Files.readAllLines(file).getFirst().strip());
        } catch (IOException e) {
            return Optional.empty(); // a kernel without it
        }
    }

    /**
     * Starts this program anew as root of a user namespace, with the same arguments, as the first process of a PID
     * namespace; it does not return. This process becomes one that passes signals on to it and ends as it ends; with this one,
     * or with that, whatever it has started ends. What has been opened is closed. Where the kernel refuses, this process ends
     * with 1 and a line on standard error.
     *
     * <p>The namespace has the user's {@link SubordinateIds} where they can be had, else no user but root; where they are
     * refused, a line on standard error says so.
     */
    public static void enter() {
        List<String> arguments = new ArrayList<>();
        arguments.add("berth");
        arguments.add(subordinates()
                .map(ids -> ids.command(ProcessHandle.current().pid(), user(), group()))
                .orElse(""));
        arguments.add("0 " + Integer.toUnsignedString(user()) + " 1");
        arguments.add("0 " + Integer.toUnsignedString(group()) + " 1");
        try {
            List<String> command = strings(PROC.resolve("cmdline"));
            arguments.add(Files.readSymbolicLink(PROC.resolve("exe")).toString());
            arguments.add("-D" + STARTED_BY + "=" + ProcessHandle.current().pid());
            for (String own : List.of("user.home", "user.name")) { // else they are root's
                arguments.add("-D" + own + "=" + System.getProperty(own));
            }
            arguments.addAll(command.subList(1, command.size()));
            execute(arguments, strings(PROC.resolve("environ")));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read how this process was started: " + e.getMessage(), e);
        }
    }

    /** Programs with the right of another user's are of no use to one that can gain none (prctl(2), PR_SET_NO_NEW_PRIVS). */
    private static Optional<SubordinateIds> subordinates() {
        return Optional.of(SubordinateIds.own())
                .filter(ids -> ids.hindrance(Rootless::hasProgram).isEmpty())
                .filter(_ -> status("NoNewPrivs:").equals(List.of("0")));
    }

    private static boolean hasProgram(String name) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
    }

    private static List<String> strings(Path file) throws IOException {
        String all = Files.readString(file, StandardCharsets.ISO_8859_1);
        return all.isEmpty()
                ? List.of()
                : List.of(all.split("\0", -1))
                        .subList(0, (int) all.chars().filter(c -> c == 0).count());
    }

    private static void execute(List<String> arguments, List<String> environment) {
        Kernel kernel = Kernel.running();
        try (Arena arena = Arena.ofConfined();
                Fd program = MemoryFile.create("berth", EntryProgram.executable(kernel.machine()))) {
            kernel.call(
                    SystemCall.EXECVEAT,
                    "start again as root of a user namespace",
                    program.number(),
                    arena.allocateFrom("").address(),
                    vector(arena, arguments),
                    vector(arena, environment),
                    AT_EMPTY_PATH);
        }
    }

    private static long vector(Arena arena, List<String> strings) {
        MemorySegment vector = arena.allocate(ValueLayout.ADDRESS, strings.size() + 1L);
        for (int i = 0; i < strings.size(); i++) {
            vector.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(strings.get(i), StandardCharsets.ISO_8859_1));
        }
        return vector.address();
    }
}
