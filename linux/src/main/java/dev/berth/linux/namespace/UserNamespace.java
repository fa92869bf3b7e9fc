package dev.berth.linux.namespace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A user namespace, by the users and groups that it has: each stands for one of the host's. Files of others are shown as
 * the overflow user's, and nothing can be given to them.
 */
public record UserNamespace(List<Range> users, List<Range> groups) {
    private static final long ALL = 0xFFFF_FFFFL;
    private static final Path PROC = Path.of("/proc/self");

    /**
     * IDs side by side.
     *
     * @param first in the namespace
     * @param outside what the first one is in the namespace that this one was made in
     */
    public record Range(long first, long outside, long count) {
        private boolean has(long id) {
            return id >= first && id < first + count;
        }
    }

    public UserNamespace {
        users = List.copyOf(users);
        groups = List.copyOf(groups);
    }

    /** The one that this process is in, for as long as it lives: a JVM cannot change it. */
    public static UserNamespace own() {
        return Own.NAMESPACE;
    }

    private static final class Own {
        static final UserNamespace NAMESPACE = read(PROC);
    }

    /** @param proc a process's directory */
    static UserNamespace read(Path proc) {
        try {
            return new UserNamespace(
                    ranges(Files.readAllLines(proc.resolve("uid_map"))),
                    ranges(Files.readAllLines(proc.resolve("gid_map"))));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read which users this process has: " + e.getMessage(), e);
        }
    }

    private static List<Range> ranges(List<String> lines) {
        return lines.stream()
                .map(line -> line.strip().split(" +"))
                .map(words -> new Range(Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2])))
                .toList();
    }

    /** Whether it is the host's: all users are there. */
    public boolean initial() {
        return users.equals(List.of(new Range(0, 0, ALL))) && groups.equals(List.of(new Range(0, 0, ALL)));
    }

    public boolean hasUser(int uid) {
        return users.stream().anyMatch(range -> range.has(Integer.toUnsignedLong(uid)));
    }

    public boolean hasGroup(int gid) {
        return groups.stream().anyMatch(range -> range.has(Integer.toUnsignedLong(gid)));
    }

    /** What a user is in the namespace that this one was made in; the user itself where nobody says. */
    public int outside(int uid) {
        long id = Integer.toUnsignedLong(uid);
        return users.stream()
                .filter(range -> range.has(id))
                .map(range -> (int) (id - range.first() + range.outside()))
                .findFirst()
                .orElse(uid);
    }

    /** Whether root is the only user there is. */
    public boolean single() {
        return !hasUser(1) && !hasGroup(1);
    }

    /**
     * What is added to the names of folders whose files have owners of this namespace, which other namespaces of the same user
     * would not know: nothing for the host's, and where root is the only user.
     */
    public String suffix() {
        return users.size() < 2 ? "" : "-" + users.get(1).outside();
    }

    /** Who can be an owner of files in it, as a line of text; where only root can, it is the same whoever that is outside. */
    public String owners() {
        return single() ? "root alone" : "users " + text(users) + " groups " + text(groups);
    }

    private static String text(List<Range> ranges) {
        return ranges.stream()
                .map(range -> range.first() + ":" + range.outside() + ":" + range.count())
                .collect(Collectors.joining(","));
    }

    /** The user that a file can be given to in place of this one: itself, or root where there is no such user. */
    public int userFor(int uid) {
        return uid == -1 || hasUser(uid) ? uid : 0;
    }

    /** As {@link #userFor}, of groups. */
    public int groupFor(int gid) {
        return gid == -1 || hasGroup(gid) ? gid : 0;
    }
}
