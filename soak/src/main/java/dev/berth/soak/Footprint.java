package dev.berth.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a daemon holds of its host.
 *
 * @param descriptors how many of each kind
 * @param heapBytes that live objects take, after a collection
 * @param things mounts, control groups, processes and files, a line each
 */
record Footprint(
        Map<String, Integer> descriptors, int threads, long heapBytes, long residentBytes, Set<String> things) {
    private static final int SPARE_THREADS = 12;
    private static final int SPARE_DESCRIPTORS = 4;
    private static final long SPARE_HEAP_BYTES = 8 << 20;

    /** Looks at the daemon and its roots; {@code ids} are those of all containers there ever were. */
    static Footprint of(Daemon daemon, Set<String> ids) throws IOException {
        Path process = Path.of("/proc/" + daemon.pid());
        long heap = heap(daemon.pid());
        return new Footprint(
                descriptors(process.resolve("fd")),
                (int) status(process, "Threads:"),
                heap,
                residentBytes(daemon.pid()),
                things(daemon, ids));
    }

    static long residentBytes(long pid) throws IOException {
        return status(Path.of("/proc/" + pid), "VmRSS:") << 10;
    }

    /** What there is more of than before, a line each. */
    List<String> beyond(Footprint before) {
        List<String> more = new ArrayList<>();
        descriptors.forEach((kind, count) -> {
            if (count > before.descriptors.getOrDefault(kind, 0) + SPARE_DESCRIPTORS) {
                more.add(count + " descriptors of " + kind + ", before " + before.descriptors.getOrDefault(kind, 0));
            }
        });
        if (threads > before.threads + SPARE_THREADS) {
            more.add(threads + " threads, before " + before.threads);
        }
        if (heapBytes > before.heapBytes + SPARE_HEAP_BYTES) {
            more.add((heapBytes >> 10) + " KiB of live objects, before " + (before.heapBytes >> 10));
        }
        things.stream().filter(thing -> !before.things.contains(thing)).forEach(more::add);
        return more;
    }

    @Override
    public String toString() {
        return descriptors.values().stream().mapToInt(Integer::intValue).sum() + " descriptors, " + threads
                + " threads, " + (heapBytes >> 10) + " KiB of live objects, " + (residentBytes >> 10)
                + " KiB resident, " + things.size() + " mounts, control groups, processes and files";
    }

    private static Map<String, Integer> descriptors(Path directory) throws IOException {
        Map<String, Integer> kinds = new TreeMap<>();
        try (Stream<Path> fds = Files.list(directory)) {
            for (Path fd : fds.toList()) {
                String target;
                try {
                    target = Files.readSymbolicLink(fd).toString();
                } catch (IOException e) {
                    continue; // closed meanwhile
                }
                kinds.merge(target.replaceAll("[0-9a-f]{12,}|\\d+", "#"), 1, Integer::sum);
            }
        }
        return kinds;
    }

    /** Collects the garbage and counts what is left. */
    private static long heap(long pid) throws IOException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(pid),
                        "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String text = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return text.lines()
                .filter(line -> line.startsWith("Total"))
                .mapToLong(line -> Long.parseLong(line.strip().split("\\s+")[2]))
                .findFirst()
                .orElseThrow(() -> new IOException("jcmd does not tell the heap: " + text));
    }

    private static long status(Path process, String field) throws IOException {
        try (Stream<String> lines = Files.lines(process.resolve("status"))) {
            return lines.filter(line -> line.startsWith(field))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .sum();
        }
    }

    private static Set<String> things(Daemon daemon, Set<String> ids) throws IOException {
        Set<String> things = new TreeSet<>();
        for (Path mounts : List.of(Path.of("/proc/self/mountinfo"), Path.of("/proc/" + daemon.pid() + "/mountinfo"))) {
            try (Stream<String> lines = Files.lines(mounts)) {
                things.addAll(lines.map(line -> "mount " + line.split(" ")[4]).collect(Collectors.toSet()));
            }
        }
        things.addAll(cgroups(ids));
        things.addAll(processes(ids));
        for (Path root : List.of(daemon.dataRoot(), daemon.execRoot())) {
            things.addAll(files(root));
        }
        return things;
    }

    private static Set<String> cgroups(Set<String> ids) throws IOException {
        Set<String> found = new TreeSet<>();
        Files.walkFileTree(Path.of("/sys/fs/cgroup"), new Walk() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                if (ids.contains(String.valueOf(directory.getFileName()))) {
                    found.add("control group " + directory);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }

    private static Set<String> processes(Set<String> ids) throws IOException {
        Set<String> found = new TreeSet<>();
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            for (Path process : all.filter(path -> path.getFileName().toString().matches("\\d+"))
                    .toList()) {
                try {
                    String groups = Files.readString(process.resolve("cgroup"));
                    ids.stream()
                            .filter(groups::contains)
                            .findFirst()
                            .ifPresent(id -> found.add("process " + process + " of " + id));
                } catch (IOException | UncheckedIOException e) {
                    // it has ended
                }
            }
        }
        return found;
    }

    /** The logs of the state are numbered: which number they have reached is no leak. */
    private static Set<String> files(Path root) throws IOException {
        Set<String> found = new TreeSet<>();
        Files.walkFileTree(root, new Walk() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                found.add("file " + file.toString().replaceAll("\\.\\d+\\.json$", ".#.json"));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                found.add("directory " + directory);
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }

    /** A walk on which things may go while one looks at them. */
    private static class Walk extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @org.jspecify.annotations.Nullable IOException e) {
            return FileVisitResult.CONTINUE;
        }
    }
}
