package dev.berth.level.os.user;

import dev.berth.level.LevelException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/** The users and groups that a container's root knows (passwd(5), group(5)). Lines that make no sense are passed over. */
public final class Accounts {
    /** Longer files are read up to here. */
    private static final int LONGEST = 4 << 20;

    private static final int ROOT = 0;

    private final List<User> users;
    private final List<Group> groups;

    private Accounts(List<User> users, List<Group> groups) {
        this.users = users;
        this.groups = groups;
    }

    private record User(String name, int uid, int gid, String home) {}

    private record Group(String name, int gid, List<String> members) {}

    /** Where the two files are read from. */
    @FunctionalInterface
    public interface Source {
        /** The file's content; empty where there is none. */
        Optional<byte[]> read(String path, int limit) throws IOException;
    }

    /** Reads both files. */
    public static Accounts read(Source source) {
        List<User> users = new ArrayList<>();
        List<Group> groups = new ArrayList<>();
        try {
            for (String[] f : lines(source, "/etc/passwd", 7)) {
                number(f[2])
                        .ifPresent(uid ->
                                users.add(new User(f[0], uid, number(f[3]).orElse(0), f[5])));
            }
            for (String[] f : lines(source, "/etc/group", 4)) {
                number(f[2]).ifPresent(gid -> groups.add(new Group(f[0], gid, List.of(f[3].split(",")))));
            }
        } catch (IOException e) {
            throw new LevelException(
                    LevelException.Kind.FAILED, "cannot read the container's users: " + e.getMessage(), e);
        }
        return new Accounts(users, groups);
    }

    private static List<String[]> lines(Source source, String path, int fields) throws IOException {
        return source.read(path, LONGEST).stream()
                .flatMap(bytes -> new String(bytes, StandardCharsets.UTF_8).lines())
                .map(line -> line.split(":", -1))
                .filter(f -> f.length >= fields && !f[0].isEmpty())
                .toList();
    }

    private static Optional<Integer> number(String text) {
        try {
            int value = Integer.parseInt(text.strip());
            return value < 0 ? Optional.empty() : Optional.of(value);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /**
     * Who {@code --user} and {@code --group-add} mean, by Docker's rules: a name that is a number is that number where
     * no account has it as its name; a user without an entry is in group 0; groups come from the entry unless one is
     * given.
     *
     * @throws LevelException INVALID when a name has no entry
     */
    public Identity resolve(String user, List<String> additionalGroups) {
        int colon = user.indexOf(':');
        String userPart = colon < 0 ? user : user.substring(0, colon);
        String groupPart = colon < 0 ? "" : user.substring(colon + 1);
        Optional<User> entry = userPart.isEmpty()
                ? find(users, u -> u.uid == ROOT)
                : find(users, u -> u.name.equals(userPart))
                        .or(() -> number(userPart).flatMap(uid -> find(users, u -> u.uid == uid)));
        int uid = entry.map(User::uid)
                .or(() -> userPart.isEmpty() ? Optional.of(ROOT) : number(userPart))
                .orElseThrow(() -> unknown("user", userPart, "passwd"));
        int gid = groupPart.isEmpty() ? entry.map(User::gid).orElse(ROOT) : group(groupPart);
        TreeSet<Integer> more = new TreeSet<>();
        if (groupPart.isEmpty()) {
            entry.ifPresent(
                    u -> groups.stream().filter(g -> g.members.contains(u.name)).forEach(g -> more.add(g.gid)));
        }
        additionalGroups.forEach(name -> more.add(group(name)));
        // Without its primary group among them, a process could leave it by setgid programs (CVE-2022-2989).
        more.add(gid);
        return new Identity(
                uid,
                gid,
                List.copyOf(more),
                entry.map(User::home).filter(h -> !h.isEmpty()).orElse("/"));
    }

    private int group(String name) {
        return find(groups, g -> g.name.equals(name))
                .map(Group::gid)
                .or(() -> number(name))
                .orElseThrow(() -> unknown("group", name, "group"));
    }

    private static LevelException unknown(String what, String name, String file) {
        return new LevelException(
                LevelException.Kind.INVALID,
                "unable to find " + what + " " + name + ": no matching entries in " + file + " file");
    }

    private static <T> Optional<T> find(List<T> entries, Predicate<T> wanted) {
        return entries.stream().filter(wanted).findFirst();
    }
}
