package dev.berth.build.java;

import dev.berth.image.oci.ImageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an executable jar's manifest asks of the JVM, as flags: the JVM looks at it only where it is started with
 * {@code -jar}, and here it never is (java(1), "Manifest Attributes").
 */
final class ManifestFlags {
    private ManifestFlags() {}

    /** @throws ImageException INVALID for what has no flag */
    static List<String> of(JarContents jar, String name) throws ImageException {
        if (jar.value("Launcher-Agent-Class").isPresent()) {
            throw ImageException.invalid("the manifest of " + name
                    + " has a Launcher-Agent-Class, which only \"java -jar\" starts: give the agent as a flag,"
                    + " -javaagent:…, instead");
        }
        List<String> flags = new ArrayList<>();
        add(flags, "--add-exports=", jar.value("Add-Exports"));
        add(flags, "--add-opens=", jar.value("Add-Opens"));
        jar.value("Enable-Native-Access").ifPresent(who -> flags.add("--enable-native-access=" + who));
        return flags;
    }

    private static void add(List<String> flags, String flag, Optional<String> packages) {
        packages.ifPresent(list -> {
            for (String each : list.split("\\s+")) {
                flags.add(flag + each + "=ALL-UNNAMED");
            }
        });
    }
}
