package dev.berth.conformance.crash;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the host itself shows of containers: /proc, control groups, mounts. The daemon is not asked. */
final class Traces {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

    private final String mark;
    private final Path home;
    private final Set<String> othersInterfaces;

    /** @param mark in the environment of every process of ours */
    Traces(String mark, Path home) throws IOException {
        this.mark = mark;
        this.home = home;
        this.othersInterfaces = allInterfaces();
    }

    /** The host's network interfaces that were not there before. */
    Set<String> interfaces() throws IOException {
        Set<String> more = allInterfaces();
        more.removeAll(othersInterfaces);
        return more;
    }

    private static Set<String> allInterfaces() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/sys/class/net"))) {
            return all.map(path -> String.valueOf(path.getFileName())).collect(Collectors.toCollection(HashSet::new));
        }
    }

    /** The container of each process that bears the mark; empty for one that is in no container's control group. */
    Map<Long, String> processes() throws IOException {
        Map<Long, String> found = new HashMap<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path process : all) {
                try {
                    String environment =
                            new String(Files.readAllBytes(process.resolve("environ")), StandardCharsets.UTF_8);
                    if (List.of(environment.split("\0")).contains(mark)) {
                        found.put(Long.parseLong(String.valueOf(process.getFileName())), container(process));
                    }
                } catch (IOException e) {
                    // it has ended
                }
            }
        }
        return found;
    }

    private static String container(Path process) throws IOException {
        Matcher id = ID.matcher(Files.readString(process.resolve("cgroup")));
        return id.find() ? id.group() : "";
    }

    /** Whether the process lives and is in the container's control group. */
    static boolean isIn(long pid, String container) {
        try {
            return container(Path.of("/proc/" + pid)).equals(container);
        } catch (IOException e) {
            return false;
        }
    }

    /** The containers, of these or under the same parent as one of them, that have a control group. */
    Set<String> cgroups(Set<String> known) throws IOException {
        Set<String> found = new HashSet<>();
        Set<Path> parents = new HashSet<>();
        try (Stream<Path> berths = Files.find(CGROUPS, 2, (path, attributes) -> path.endsWith("berth"))) {
            for (Path berth : berths.toList()) {
                try (Stream<Path> engines = Files.list(berth)) {
                    engines.filter(engine -> known.stream().anyMatch(id -> Files.isDirectory(engine.resolve(id))))
                            .forEach(parents::add);
                }
            }
        }
        for (Path parent : parents) {
            try (Stream<Path> children = Files.list(parent)) {
                children.map(child -> String.valueOf(child.getFileName()))
                        .filter(name -> ID.matcher(name).matches())
                        .forEach(found::add);
            }
        }
        return found;
    }

    /** Records of images and of their layers, and the layers. */
    List<Path> ofImages() throws IOException {
        List<Path> found = new ArrayList<>();
        for (String kind : List.of("images", "snapshots", "l")) {
            try (Stream<Path> files = Files.list(home.resolve("data").resolve(kind))) {
                found.addAll(files.toList());
            }
        }
        return found;
    }

    /** Mounts below the daemon's directories. */
    List<String> mounts() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
            return lines.filter(line -> line.split(" ", -1)[4].startsWith(home + "/"))
                    .toList();
        }
    }
}
