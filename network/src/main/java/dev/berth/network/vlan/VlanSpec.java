package dev.berth.network.vlan;

import dev.berth.linux.netlink.InterfaceName;
import dev.berth.linux.netlink.LinkKind;
import dev.berth.network.NetworkException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a network on an interface of the host's is to be.
 *
 * @param id the network's
 * @param sharing how its endpoints share the interface
 * @param parent the interface; without one, and where the network is internal, one that leads nowhere is made for it
 */
public record VlanSpec(String id, Sharing sharing, Optional<String> parent) {
    private static final String PARENT = "parent";
    private static final String MACVLAN_MODE = "macvlan_mode";
    private static final String IPVLAN_MODE = "ipvlan_mode";
    private static final String IPVLAN_FLAG = "ipvlan_flag";
    private static final int ID_DIGITS = 12;

    /** The most that a VLAN's number can be; all ones are none. */
    private static final int VLAN_MAX = 4094;

    /** How endpoints share an interface. */
    public sealed interface Sharing {
        /** Each has a MAC address. */
        record ByMac(LinkKind.MacvlanMode mode) implements Sharing {}

        /** All have the interface's. */
        record ByIp(LinkKind.IpvlanMode mode, LinkKind.IpvlanScope scope) implements Sharing {}
    }

    /**
     * Reads a network's options.
     *
     * @param driver Docker's: {@code macvlan} or {@code ipvlan}
     * @throws NetworkException INVALID, naming the option that is unknown or whose value makes no sense
     */
    public static VlanSpec parse(String id, String driver, boolean internal, Map<String, String> options) {
        Map<String, String> left = new TreeMap<>(options);
        Sharing sharing = driver.equals("macvlan")
                ? new Sharing.ByMac(choice(left, MACVLAN_MODE, LinkKind.MacvlanMode.BRIDGE))
                : new Sharing.ByIp(
                        choice(left, IPVLAN_MODE, LinkKind.IpvlanMode.L2),
                        choice(left, IPVLAN_FLAG, LinkKind.IpvlanScope.BRIDGE));
        Optional<String> parent = Optional.ofNullable(left.remove(PARENT)).filter(name -> !name.isEmpty());
        parent.ifPresent(VlanSpec::checkName);
        if (!left.isEmpty()) {
            throw NetworkException.invalid(
                    "the " + driver + " driver has no option " + String.join(", ", left.keySet()) + "; leave it out");
        }
        return new VlanSpec(id, sharing, internal ? Optional.empty() : parent);
    }

    private static <E extends Enum<E>> E choice(Map<String, String> left, String option, E usual) {
        String value = Optional.ofNullable(left.remove(option)).orElse("");
        if (value.isEmpty()) {
            return usual;
        }
        try {
            E choice = Enum.valueOf(usual.getDeclaringClass(), value.toUpperCase(Locale.ROOT));
            if (choice.name().toLowerCase(Locale.ROOT).equals(value)) {
                return choice;
            }
        } catch (IllegalArgumentException e) {
            // told below, as what differs in case is
        }
        throw NetworkException.invalid("requested " + option + " '" + value + "' is not valid, '"
                + usual.name().toLowerCase(Locale.ROOT) + "' is the default");
    }

    private static void checkName(String name) {
        try {
            InterfaceName.check(name);
        } catch (IllegalArgumentException e) {
            throw NetworkException.invalid(
                    "failed to parse " + PARENT + " value: " + name + " (" + e.getMessage() + ")");
        }
    }

    /**
     * An interface of a VLAN, {@code eth0.10}.
     *
     * @param master the interface that has the VLAN
     */
    record SubInterface(String master, int vlan) {}

    /** Whether the parent is made where the host has none of its name. */
    public boolean isSubInterface() {
        return parent.filter(name -> name.indexOf('.') >= 0).isPresent();
    }

    /**
     * What the parent's name says that it is.
     *
     * @throws NetworkException INVALID where it says nothing of that kind, in Docker's words
     */
    SubInterface subInterface() {
        String name = parent.orElseThrow();
        String[] parts = name.split("\\.", -1);
        if (parts.length != 2 || parts[0].isEmpty()) {
            throw NetworkException.invalid(
                    "required interface name format is: name.vlan_id, ex. eth0.10 for vlan 10, instead received "
                            + name);
        }
        if (!parts[1].matches("[0-9]{1,9}")) {
            throw NetworkException.invalid(
                    "unable to parse a valid vlan id from: " + parts[1] + " (ex. eth0.10 for vlan 10)");
        }
        int vlan = Integer.parseInt(parts[1]);
        if (vlan < 1 || vlan > VLAN_MAX) {
            throw NetworkException.invalid("vlan id must be between 1-" + VLAN_MAX + ", received: " + vlan);
        }
        return new SubInterface(parts[0], vlan);
    }

    /** The interface that is made for the network, where none of its name is there. */
    public Optional<String> made() {
        return parent.isEmpty() || isSubInterface() ? Optional.of(interfaceName()) : Optional.empty();
    }

    /** The interface that the endpoints are on: the parent, or Docker's name for one that leads nowhere. */
    public String interfaceName() {
        return parent.orElseGet(() -> "dm-" + shortId());
    }

    /** The other end of one that leads nowhere. */
    String otherEnd() {
        return "dn-" + shortId();
    }

    private String shortId() {
        return id.substring(0, Math.min(id.length(), ID_DIGITS));
    }

    /** Whether endpoints are reached by routes alone, without a gateway. */
    public boolean isRouted() {
        return sharing instanceof Sharing.ByIp(LinkKind.IpvlanMode mode, LinkKind.IpvlanScope _)
                && mode != LinkKind.IpvlanMode.L2;
    }

    LinkKind kind(int parentIndex) {
        return switch (sharing) {
            case Sharing.ByMac(LinkKind.MacvlanMode mode) -> new LinkKind.Macvlan(parentIndex, mode);
            case Sharing.ByIp(LinkKind.IpvlanMode mode, LinkKind.IpvlanScope scope) ->
                new LinkKind.Ipvlan(parentIndex, mode, scope);
        };
    }

    /** What an interface that was made is known by to be this network's. */
    String alias() {
        return "berth network " + id;
    }
}
