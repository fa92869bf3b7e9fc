package dev.berth.network.nat;

import dev.berth.network.Inside;
import dev.berth.network.NetworkException;
import dev.berth.network.address.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Whether the host passes packets on from one interface to another, which is off where nobody has asked for it. */
final class Forwarding {
    private static final Path SYSCTL = Path.of("/proc/sys/net");

    private Forwarding() {}

    /**
     * Switches it on.
     *
     * @return whether it was off
     * @throws NetworkException FAILED where it cannot be
     */
    static boolean enable(Inside host, Family family) {
        return host.call(() -> {
            boolean wasOff = false;
            for (String setting : settings(family)) {
                Path path = SYSCTL.resolve(setting);
                if (!Files.exists(path)) {
                    throw NetworkException.failed(
                            "forward packets: this kernel has no " + family + "; make the network without it",
                            new IOException("no " + path));
                }
                if (!Files.readString(path).strip().equals("1")) {
                    try {
                        Files.writeString(path, "1");
                    } catch (IOException e) {
                        throw NetworkException.failed("forward packets: write 1 to " + path + ": " + e.getMessage(), e);
                    }
                    wasOff = true;
                }
            }
            return wasOff;
        });
    }

    private static List<String> settings(Family family) {
        return family == Family.IPV4
                ? List.of("ipv4/ip_forward")
                : List.of("ipv6/conf/default/forwarding", "ipv6/conf/all/forwarding");
    }
}
