package dev.berth.linux.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where a host's control groups are mounted.
 *
 * @param v1 the v1 hierarchies, each once
 * @param unified the v2 hierarchy
 */
public record CgroupMounts(List<V1> v1, Optional<Unified> unified) {
    /** None at all. */
    public static final CgroupMounts NONE = new CgroupMounts(List.of(), Optional.empty());

    /** Options of a v1 mount that are no controllers. */
    private static final Set<String> OPTIONS = Set.of(
            "rw", "ro", "xattr", "clone_children", "noprefix", "cpuset_v2_mode", "favordynmods", "nofavordynmods");

    /**
     * A v1 hierarchy.
     *
     * @param controllers by the kernel's names ({@code memory}); none for a hierarchy with only a name
     * @param directory where it is mounted
     */
    public record V1(Set<String> controllers, Path directory) {}

    /**
     * The v2 hierarchy.
     *
     * @param directory where it is mounted
     * @param own the directory of this process's own group
     */
    public record Unified(Path directory, Path own) {}

    /**
     * Reads {@code mountinfo} and {@code cgroup} (proc_pid_mountinfo(5), cgroups(7)) of a process.
     *
     * @param proc its directory: {@code /proc/self}
     * @throws CgroupException when they cannot be read
     */
    public static CgroupMounts read(Path proc) {
        Map<Set<String>, V1> v1 = new LinkedHashMap<>();
        Optional<Unified> unified = Optional.empty();
        try {
            for (String line : Files.readAllLines(proc.resolve("mountinfo"))) {
                Mount mount = Mount.parse(line);
                if (mount.type.equals("cgroup")) {
                    Set<String> names = new TreeSet<>(List.of(mount.superOptions.split(",", -1)));
                    names.removeAll(OPTIONS);
                    names.removeIf(name -> name.startsWith("release_agent="));
                    v1.putIfAbsent(names, new V1(controllers(names), mount.point));
                } else if (mount.type.equals("cgroup2") && unified.isEmpty()) {
                    unified = Optional.of(new Unified(mount.point, own(proc, mount)));
                }
            }
        } catch (IOException e) {
            throw new CgroupException("cannot find out where control groups are mounted: " + e.getMessage(), e);
        }
        return new CgroupMounts(List.copyOf(v1.values()), unified);
    }

    private static Set<String> controllers(Set<String> names) {
        Set<String> controllers = new TreeSet<>(names);
        controllers.removeIf(name -> name.startsWith("name="));
        return controllers;
    }

    /** The line {@code 0::/path}; the path counts from the hierarchy's root, which need not be what is mounted. */
    private static Path own(Path proc, Mount mount) throws IOException {
        Path own = Files.readAllLines(proc.resolve("cgroup")).stream()
                .filter(line -> line.startsWith("0::/"))
                .findFirst()
                .map(line -> Path.of(line.substring("0::".length())))
                .orElse(mount.root);
        return own.startsWith(mount.root)
                ? mount.point.resolve(mount.root.relativize(own)).normalize()
                : mount.point;
    }

    private record Mount(Path root, Path point, String type, String superOptions) {
        /** {@code id parent major:minor root point options [tags] - type source super-options}. */
        static Mount parse(String line) {
            int separator = line.indexOf(" - ");
            String[] front = line.substring(0, separator).split(" ", -1);
            String[] back = line.substring(separator + 3).split(" ", -1);
            return new Mount(Path.of(unescape(front[3])), Path.of(unescape(front[4])), back[0], back[back.length - 1]);
        }

        /** Space, tab, newline and backslash stand as three octal digits after a backslash. */
        private static String unescape(String text) {
            List<String> parts = new ArrayList<>(List.of(text.split("\\\\", -1)));
            StringBuilder plain = new StringBuilder(parts.removeFirst());
            for (String part : parts) {
                plain.append((char) Integer.parseInt(part.substring(0, 3), 8)).append(part.substring(3));
            }
            return plain.toString();
        }
    }
}
