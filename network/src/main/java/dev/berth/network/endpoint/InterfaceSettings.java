package dev.berth.network.endpoint;

import dev.berth.network.NetworkException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Settings of a container's interface that its user asks for, in the form that Docker gives them. */
final class InterfaceSettings {
    private static final String PLACE = "IFNAME";
    private static final Pattern NAME = Pattern.compile("net\\.[a-z0-9]+\\.[a-z]+\\." + PLACE + "\\.[a-z0-9_]+");
    private static final Path ROOT = Path.of("/proc/sys");

    private InterfaceSettings() {}

    /** @throws NetworkException INVALID where one is none of an interface's */
    static void check(Map<String, String> sysctls) {
        new TreeMap<>(sysctls).keySet().forEach(name -> {
            if (!NAME.matcher(name).matches()) {
                throw NetworkException.invalid("sysctl " + name
                        + " is none of an interface's; give it as net.ipv4.conf." + PLACE + ".<setting>");
            }
        });
    }

    /**
     * Writes them, in the namespace that the caller is in.
     *
     * @throws NetworkException INVALID where the kernel has no such setting or does not take the value
     */
    static void write(Map<String, String> sysctls, String interfaceName) {
        new TreeMap<>(sysctls).forEach((name, value) -> {
            Path path = ROOT;
            for (String part : name.split("\\.", -1)) {
                path = path.resolve(part.equals(PLACE) ? interfaceName : part);
            }
            try {
                Files.writeString(path, value);
            } catch (IOException e) {
                throw new NetworkException(
                        NetworkException.Kind.INVALID,
                        "set sysctl " + name.replace(PLACE, interfaceName) + " to " + value + ": " + e.getMessage(),
                        e);
            }
        });
    }
}
