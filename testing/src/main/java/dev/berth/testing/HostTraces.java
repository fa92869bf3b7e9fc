package dev.berth.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a host shows of running containers: mounts, control groups, network interfaces, this process's children and its
 * descriptors of containers' things.
 *
 * @param lines one for each, as text
 */
public record HostTraces(Set<String> lines) {
    /** What there is at this moment. */
    public static HostTraces now() {
        Set<String> lines = new TreeSet<>();
        lines.addAll(mounts());
        lines.addAll(cgroups());
        lines.addAll(interfaces());
        lines.addAll(children());
        lines.addAll(descriptors());
        return new HostTraces(lines);
    }

    /** What is here and was not there. */
    public Set<String> minus(HostTraces other) {
        Set<String> rest = new TreeSet<>(lines);
        rest.removeAll(other.lines);
        return rest;
    }

    private static Set<String> mounts() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
            return lines.map(line -> "mount " + line.split(" ")[4]).collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> cgroups() {
        try (Stream<Path> dirs = Files.walk(Path.of("/sys/fs/cgroup"), 6)) {
            return dirs.filter(Files::isDirectory)
                    .map(Path::toString)
                    .filter(path -> path.contains("berth"))
                    .map(path -> "cgroup " + path)
                    .collect(Collectors.toSet());
        } catch (IOException | UncheckedIOException e) {
            return Set.of(); // a cgroup that ended while we walked; the next look will tell
        }
    }

    private static Set<String> interfaces() {
        try (Stream<Path> links = Files.list(Path.of("/sys/class/net"))) {
            return links.map(link -> "interface " + link.getFileName()).collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> children() {
        return ProcessHandle.current()
                .children()
                .map(child ->
                        "process " + child.pid() + " " + child.info().command().orElse("(ended, not waited for)"))
                .collect(Collectors.toSet());
    }

    /** Numbered copies of a kind, so that one more of it shows up as one more line. */
    private static Set<String> descriptors() {
        Set<String> lines = new TreeSet<>();
        int[] ptys = {0};
        int[] pidfds = {0};
        try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
            fds.forEach(fd -> {
                String target = target(fd);
                if (target.startsWith("/dev/ptmx") || target.startsWith("/dev/pts/ptmx")) {
                    lines.add("descriptor of a pty no. " + ++ptys[0]);
                } else if (target.contains("[pidfd]")) {
                    lines.add("descriptor of a process no. " + ++pidfds[0]);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }

    private static String target(Path fd) {
        try {
            return Files.readSymbolicLink(fd).toString();
        } catch (IOException e) {
            return ""; // closed meanwhile
        }
    }
}
