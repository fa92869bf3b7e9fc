package dev.berth.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What this JVM may do on its host. */
final class Rights {
    /** {@code CAP_SYS_ADMIN} of capabilities(7): mounts and namespaces. */
    private static final int SYS_ADMIN = 21;

    private static final String NATIVE_MODULE = "dev.berth.linux";
    private static final String EFFECTIVE = "CapEff:";

    private Rights() {}

    /**
     * Makes sure that containers can be run.
     *
     * @throws BerthException UNSUPPORTED with what is missing
     */
    static void require() {
        if (!System.getProperty("os.name").equals("Linux")) {
            throw new BerthException(
                    BerthException.Kind.UNSUPPORTED,
                    "Berth runs containers on Linux alone, and this JVM runs on " + System.getProperty("os.name")
                            + ": run it in a virtual machine with Linux");
        }
        Module caller = whatMakesSystemCalls();
        if (!caller.isNativeAccessEnabled() && isDenied()) {
            throw new BerthException(
                    BerthException.Kind.UNSUPPORTED,
                    "Berth makes system calls, which this JVM denies: start it with --enable-native-access="
                            + (caller.isNamed() ? caller.getName() : "ALL-UNNAMED"));
        }
        if (!maySetUpContainers()) {
            throw new BerthException(
                    BerthException.Kind.UNSUPPORTED,
                    "Berth needs the capability CAP_SYS_ADMIN to run containers, and this JVM runs as user "
                            + System.getProperty("user.name")
                            + " without it: run it as root (in a container: with --privileged)");
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

    private static boolean maySetUpContainers() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith(EFFECTIVE))
                    .mapToLong(line -> Long.parseUnsignedLong(
                            line.substring(EFFECTIVE.length()).strip(), 16))
                    .anyMatch(capabilities -> (capabilities & 1L << SYS_ADMIN) != 0);
        } catch (IOException e) {
            return true; // then the first container tells what is missing
        }
    }
}
