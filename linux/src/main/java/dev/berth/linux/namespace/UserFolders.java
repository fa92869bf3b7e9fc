package dev.berth.linux.namespace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;

/**
 * Where an ordinary user's engine keeps what it has: in the folders of the XDG base directory specification, as rootless
 * Docker does. A user who has none for what ends with the session (no systemd, say) has one in {@code /tmp}, of the user's
 * number; whoever makes it makes it private, and must look whose it is.
 *
 * @param data what outlasts a reboot
 * @param runtime what does not: sockets, say
 */
public record UserFolders(Path data, Path runtime) {
    private static final String NAME = "berth";

    /**
     * Those of a user.
     *
     * @param user the number outside of any user namespace
     * @param home that is used where the environment names none
     */
    public static UserFolders of(Map<String, String> environment, int user, Path home) {
        Path data = variable(environment, "XDG_DATA_HOME")
                .orElseGet(() -> variable(environment, "HOME").orElse(home).resolve(".local/share"));
        Path session = Path.of("/run/user", Integer.toUnsignedString(user));
        Path runtime = variable(environment, "XDG_RUNTIME_DIR")
                .or(() -> Files.isDirectory(session) ? Optional.of(session) : Optional.empty())
                .map(folder -> folder.resolve(NAME))
                .orElseGet(() -> Path.of("/tmp", NAME + "-" + Integer.toUnsignedString(user)));
        return new UserFolders(data.resolve(NAME), runtime);
    }

    /**
     * Those of the user who runs this process, or who is its user namespace's root. Data whose owners are of a namespace has a
     * folder for itself.
     */
    public static UserFolders own() {
        UserNamespace users = UserNamespace.own();
        int user = Rootless.user();
        UserFolders folders = of(
                System.getenv(),
                users.initial() ? user : users.outside(user),
                Path.of(System.getProperty("user.home")));
        return new UserFolders(folders.data.resolveSibling(NAME + users.suffix()), folders.runtime);
    }

    /**
     * Makes the folder for what ends with the session, for this user alone.
     *
     * @throws UncheckedIOException where it cannot be made, or is another user's
     */
    public void makeRuntime() {
        try {
            if (!Files.isDirectory(runtime, LinkOption.NOFOLLOW_LINKS)) {
                Path parent = runtime.getParent();
                if (parent != null) {
                    Files.createDirectories(parent);
                }
                Files.createDirectory(
                        runtime, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            Object owner = Files.getAttribute(runtime, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            if (!owner.equals(Rootless.user())) {
                throw new IOException("it is another user's; name one by XDG_RUNTIME_DIR");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use the folder " + runtime + ": " + e.getMessage(), e);
        }
    }

    /** Where the engine is spoken to. */
    public Path socket() {
        return runtime.resolve("berth.sock");
    }

    /** As the XDG specification has it, what is not absolute counts for nothing. */
    private static Optional<Path> variable(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).map(Path::of).filter(Path::isAbsolute);
    }
}
