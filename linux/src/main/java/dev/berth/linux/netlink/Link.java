package dev.berth.linux.netlink;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * A network interface as the kernel tells of it.
 *
 * @param kind the kernel's name of what it is ({@code bridge}, {@code veth}); empty for hardware and loopback
 * @param flags IFF_* of netdevice(7)
 * @param mac absent where it has none of six bytes
 * @param mtu in bytes
 * @param master the index of the bridge that it is a port of
 * @param parent the index of the interface that it is on, or of its peer, which can be in another namespace
 */
public record Link(
        int index,
        String name,
        String kind,
        int flags,
        Optional<MacAddress> mac,
        int mtu,
        OptionalInt master,
        OptionalInt parent,
        Optional<String> alias) {
    private static final int IFF_UP = 1;
    private static final int IFF_LOOPBACK = 8;
    private static final int IFF_LOWER_UP = 1 << 16;

    /** Whether it is set up. */
    public boolean isUp() {
        return (flags & IFF_UP) != 0;
    }

    /** Whether something is on the other end of its wire. */
    public boolean hasCarrier() {
        return (flags & IFF_LOWER_UP) != 0;
    }

    public boolean isLoopback() {
        return (flags & IFF_LOOPBACK) != 0;
    }
}
