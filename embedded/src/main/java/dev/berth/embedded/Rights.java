package dev.berth.embedded;

import dev.berth.linux.namespace.RootAgent;
import dev.berth.linux.namespace.Rootless;
import java.util.Optional;

/** What this JVM may do on its host. */
final class Rights {
    private static final String NATIVE_MODULE = "dev.berth.linux";

    private Rights() {}

    /**
     * Makes sure that containers can be run.
     *
     * @throws BerthException UNSUPPORTED with what is missing
     */
    static void require() {
        requireLinuxAndCalls();
        if (!maySetUpContainers()) {
            throw new BerthException(
                    BerthException.Kind.UNSUPPORTED,
                    "Berth needs the capability CAP_SYS_ADMIN to run containers, and this JVM runs as user "
                            + System.getProperty("user.name") + " without it: "
                            + Rootless.hindrance()
                                    .orElseGet(() ->
                                            "run it as root (in a container: with --privileged), or start it with "
                                                    + RootAgent.option() + ", which makes it root of a user namespace;"
                                                    + " Testcontainers needs neither"));
        }
    }

    /**
     * Makes sure that an ordinary user's engine can be run in a JVM of its own.
     *
     * @throws BerthException UNSUPPORTED with what is missing
     */
    static void requireUserNamespaces() {
        Rootless.hindrance().ifPresent(reason -> {
            throw new BerthException(BerthException.Kind.UNSUPPORTED, reason);
        });
    }

    /** Has this program be root, by starting it anew where it is not; then this does not return. */
    static void becomeRoot() {
        if (!maySetUpContainers() && Rootless.startedBy().isEmpty()) {
            Rootless.enter();
        }
    }

    /** @throws BerthException UNSUPPORTED elsewhere */
    static void requireLinux() {
        if (!System.getProperty("os.name").equals("Linux")) {
            throw new BerthException(
                    BerthException.Kind.UNSUPPORTED,
                    "Berth runs containers on Linux alone, and this JVM runs on " + System.getProperty("os.name")
                            + ": run it in a virtual machine with Linux");
        }
    }

    private static void requireLinuxAndCalls() {
        requireLinux();
        Module caller = whatMakesSystemCalls();
        if (!caller.isNativeAccessEnabled() && isDenied()) {
            throw new BerthException(
                    BerthException.Kind.UNSUPPORTED,
                    "Berth makes system calls, which this JVM denies: start it with --enable-native-access="
                            + (caller.isNamed() ? caller.getName() : "ALL-UNNAMED"));
        }
    }

    /** On a module path that is not this module; on the class path all are one. */
    private static Module whatMakesSystemCalls() {
        Module own = Rights.class.getModule();
        return Optional.ofNullable(own.getLayer())
                .flatMap(layer -> layer.findModule(NATIVE_MODULE))
                .orElse(own);
    }

    private static boolean isDenied() {
        return java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .anyMatch("--illegal-native-access=deny"::equals);
    }

    /** Whether containers can be run by this process as it is. */
    static boolean maySetUpContainers() {
        return Rootless.isPrivileged();
    }
}
