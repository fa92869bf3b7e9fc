package dev.berth.linux.namespace;

import java.net.URI;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;

/**
 * What {@code -javaagent:} with this module's jar does to a JVM of an ordinary user: before the program begins, it is started
 * anew as root of a user namespace ({@link Rootless#enter}), in which it may set up containers itself. Where it may already,
 * or where the host is known to forbid it, nothing happens, and whoever wants a container is told.
 */
public final class RootAgent {
    private RootAgent() {}

    /** The JVM's option, with the jar that this class is in. */
    public static String option() {
        return "-javaagent:"
                + Optional.ofNullable(RootAgent.class.getProtectionDomain().getCodeSource())
                        .map(CodeSource::getLocation)
                        .filter(location -> location.getProtocol().equals("file"))
                        .map(location ->
                                Path.of(URI.create(location.toString())).toString())
                        .orElse("the jar of dev.berth:berth-linux");
    }

    /** @param options none are known; any are left alone */
    public static void premain(String options) {
        boolean able = System.getProperty("os.name").equals("Linux")
                && Rootless.hindrance().isEmpty();
        if (able && Rootless.startedBy().isEmpty() && !Rootless.isPrivileged()) {
            Rootless.enter();
        }
    }
}
