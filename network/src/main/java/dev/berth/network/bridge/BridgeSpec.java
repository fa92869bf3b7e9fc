package dev.berth.network.bridge;

import dev.berth.linux.netlink.InterfaceName;
import dev.berth.network.address.Family;
import dev.berth.network.address.IpPrefix;
import java.util.List;
import java.util.Optional;

/**
 * What a bridge network is to be.
 *
 * @param id the network's
 * @param interfaceName of the bridge, which no other interface of the host may have
 * @param gateways the bridge's addresses with the length of their subnets' prefixes; one a family
 * @param internal whether nothing comes in or goes out
 */
public record BridgeSpec(
        String id, String interfaceName, List<IpPrefix> gateways, boolean internal, BridgeOptions options) {
    private static final int ID_DIGITS = 12;

    public BridgeSpec {
        InterfaceName.check(interfaceName);
        gateways = List.copyOf(gateways);
    }

    /** The name that the options ask for, or Docker's: {@code br-} and the beginning of the network's ID. */
    public static String interfaceName(String id, BridgeOptions options) {
        return options.name().orElseGet(() -> "br-" + id.substring(0, Math.min(id.length(), ID_DIGITS)));
    }

    /** The bridge's name until it has its alias; as unlike any other as the network's ID. */
    String unfinishedName() {
        return "bm-" + id.substring(0, Math.min(id.length(), ID_DIGITS));
    }

    public Optional<IpPrefix> gateway(Family family) {
        return gateways.stream().filter(gateway -> gateway.family() == family).findFirst();
    }

    public boolean has(Family family) {
        return gateway(family).isPresent();
    }

    /** Whether the bridge itself has its gateway's address. */
    boolean bridgeHasAddress(Family family) {
        boolean isolated = internal && options.gatewayMode(family) == GatewayMode.ISOLATED;
        return has(family) && !isolated && !(family == Family.IPV4 && options.inhibitIpv4());
    }

    /** What the bridge is known by to be this network's. */
    String alias() {
        return "berth network " + id;
    }
}
