package dev.berth.linux.netlink;

import java.time.Duration;
import java.util.Optional;

/** What kind of interface is made, with the kind's own options (ip-link(8)). */
public sealed interface LinkKind {
    /** The kernel's name of the kind, as in {@link Link#kind}. */
    default String kernelName() {
        return switch (this) {
            case Bridge _ -> "bridge";
            case Veth _ -> "veth";
            case Macvlan _ -> "macvlan";
            case Ipvlan _ -> "ipvlan";
            case Vlan _ -> "vlan";
            case Dummy _ -> "dummy";
        };
    }

    /**
     * A switch for Ethernet. It speaks no spanning tree, and takes no notice of VLANs (the kernel's default).
     *
     * @param ageing after which an address that is not heard of is forgotten; empty for the kernel's 300 s
     * @param multicastSnooping whether groups are sent only to ports that joined them; the kernel's default is true
     */
    record Bridge(Optional<Duration> ageing, boolean multicastSnooping) implements LinkKind {
        public static final Bridge DEFAULT = new Bridge(Optional.empty(), true);
    }

    /**
     * A pair of interfaces of which each receives what the other sends.
     *
     * @param peer the other one's; it can be in another namespace from its beginning. It can't be set up yet, which
     *     the kernel refuses to an interface without a peer, nor have a master.
     */
    record Veth(String peerName, LinkSettings peer) implements LinkKind {
        public Veth {
            InterfaceName.check(peerName);
            if (peer.name().isPresent()
                    || peer.master().isPresent()
                    || peer.isUp().isPresent()) {
                throw new IllegalArgumentException(
                        "the peer of a veth pair has its name beside its settings, and is set up and gets a master later");
            }
        }
    }

    /**
     * An interface with a MAC address of its own on another one.
     *
     * @param parent the other one's index
     */
    record Macvlan(int parent, MacvlanMode mode) implements LinkKind {}

    /**
     * An interface that shares another one's MAC address.
     *
     * @param parent the other one's index
     */
    record Ipvlan(int parent, IpvlanMode mode, IpvlanScope scope) implements LinkKind {}

    /**
     * An interface for what another one receives with a VLAN's tag (IEEE 802.1Q).
     *
     * @param parent the other one's index
     * @param id the VLAN's, 1 to 4094
     */
    record Vlan(int parent, int id) implements LinkKind {}

    /** An interface that sends nowhere. */
    record Dummy() implements LinkKind {}

    /** With whom a macvlan speaks: {@code MACVLAN_MODE_*}. */
    enum MacvlanMode {
        PRIVATE(1),
        VEPA(2),
        BRIDGE(4),
        PASSTHRU(8);

        private final int number;

        MacvlanMode(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    /** At which layer an ipvlan divides what comes in: {@code IPVLAN_MODE_*}. */
    enum IpvlanMode {
        L2(0),
        L3(1),
        L3S(2);

        private final int number;

        IpvlanMode(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    /** With whom an ipvlan speaks: {@code IPVLAN_F_*}. */
    enum IpvlanScope {
        BRIDGE(0),
        PRIVATE(1),
        VEPA(2);

        private final int flag;

        IpvlanScope(int flag) {
            this.flag = flag;
        }

        int flag() {
            return flag;
        }
    }
}
