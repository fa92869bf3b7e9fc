package dev.berth.linux.netlink;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Settings that the kernel has of each interface as files ({@code Documentation/networking/ip-sysctl.rst}). They are
 * those of the calling thread's network namespace: of another's, within {@link NetworkNamespace#run}. {@code all} and
 * {@code default} are taken as names, too.
 */
public enum InterfaceSysctl {
    DISABLE_IPV6(IpFamily.IPV6, "disable_ipv6"),
    /** Whether a router that announces itself is believed: 0, 1, or 2 also where we are a router. */
    ACCEPT_RA(IpFamily.IPV6, "accept_ra"),
    /**
     * Whether a new address is used only after a second, in which nobody has claimed it. Before that of its link is, an
     * interface can't ask for its neighbours on behalf of packets that it forwards.
     */
    ACCEPT_DAD(IpFamily.IPV6, "accept_dad"),
    IPV6_FORWARDING(IpFamily.IPV6, "forwarding"),
    IPV4_FORWARDING(IpFamily.IPV4, "forwarding"),
    /** Whether 127.0.0.0/8 may come and go by this interface. */
    ROUTE_LOCALNET(IpFamily.IPV4, "route_localnet"),
    /** Which source addresses are believed: 0 all, 1 those that it leads back to, 2 those that any interface leads to. */
    RP_FILTER(IpFamily.IPV4, "rp_filter");

    private final IpFamily family;
    private final String file;

    InterfaceSysctl(IpFamily family, String file) {
        this.family = family;
        this.file = file;
    }

    /** Whether the kernel has it: one that was started without IPv6 lacks its settings. */
    public boolean isThere(String link) {
        return Files.exists(path(link));
    }

    /** @throws UncheckedIOException where it can't be written; the message says which and why */
    public void write(String link, int value) {
        try {
            Files.writeString(path(link), Integer.toString(value));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "set " + file + " of interface " + link + " to " + value + ": " + e.getMessage(), e);
        }
    }

    public int read(String link) {
        try {
            return Integer.parseInt(Files.readString(path(link)).strip());
        } catch (IOException e) {
            throw new UncheckedIOException("read " + file + " of interface " + link + ": " + e.getMessage(), e);
        }
    }

    private Path path(String link) {
        String version = family == IpFamily.IPV6 ? "ipv6" : "ipv4";
        return Path.of("/proc/sys/net", version, "conf", InterfaceName.check(link), file);
    }
}
