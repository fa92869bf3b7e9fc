package dev.berth.linux.namespace;

import dev.berth.linux.namespace.UserNamespace.Range;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The users and groups that an administrator lets an ordinary user have besides itself (subuid(5), subgid(5)), which
 * newuidmap(1) and newgidmap(1) have the right to put into a user namespace.
 *
 * @param name of the user whose they are
 * @param users in a namespace, from 1 on
 * @param groups in a namespace, from 1 on
 */
public record SubordinateIds(String name, List<Range> users, List<Range> groups) {
    private static final Path ETC = Path.of("/etc");
    private static final Pattern LINE = Pattern.compile("([^:]+):(\\d{1,10}):(\\d{1,10})");

    public SubordinateIds {
        users = List.copyOf(users);
        groups = List.copyOf(groups);
    }

    /** Those of this process's user. */
    static SubordinateIds own() {
        return read(ETC, Rootless.userName(), Rootless.user());
    }

    /**
     * Those of a user; a file that cannot be read gives none.
     *
     * @param etc the folder of the files
     * @param user the number, by which the files may call the user too
     */
    public static SubordinateIds read(Path etc, String name, int user) {
        return new SubordinateIds(
                name, ranges(etc.resolve("subuid"), name, user), ranges(etc.resolve("subgid"), name, user));
    }

    private static List<Range> ranges(Path file, String name, int user) {
        List<Range> ranges = new ArrayList<>();
        long next = 1;
        for (String line : lines(file)) {
            Matcher matcher = LINE.matcher(line.strip());
            if (matcher.matches()
                    && List.of(name, Integer.toUnsignedString(user)).contains(matcher.group(1))) {
                Range range = new Range(next, Long.parseLong(matcher.group(2)), Long.parseLong(matcher.group(3)));
                if (range.count() > 0) {
                    ranges.add(range);
                    next += range.count();
                }
            }
        }
        return ranges;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }

    /** How many users they are. */
    public long numberOfUsers() {
        return users.stream().mapToLong(Range::count).sum();
    }

    /**
     * Why they cannot be had, and what to do; empty where nothing is known to be in the way.
     *
     * @param hasProgram whether there is one of the name
     */
    public Optional<String> hindrance(Predicate<String> hasProgram) {
        if (users.isEmpty() || groups.isEmpty()) {
            return Optional.of("/etc/subuid and /etc/subgid give " + name + " no further users and groups"
                    + " (usermod --add-subuids 100000-165535 --add-subgids 100000-165535 " + name + ")");
        }
        if (!hasProgram.test("newuidmap") || !hasProgram.test("newgidmap")) {
            return Optional.of("newuidmap and newgidmap are not there (Debian: apt-get install uidmap)");
        }
        return Optional.empty();
    }

    /** What a shell gives them by to a process that has just made its user namespace, whose root is that user. */
    String command(long process, int user, int group) {
        return "newuidmap " + process + map(user, users) + " && newgidmap " + process + map(group, groups);
    }

    private static String map(int root, List<Range> ranges) {
        StringBuilder map = new StringBuilder(" 0 " + Integer.toUnsignedString(root) + " 1");
        for (Range range : ranges) {
            map.append(' ')
                    .append(range.first())
                    .append(' ')
                    .append(range.outside())
                    .append(' ')
                    .append(range.count());
        }
        return map.toString();
    }
}
