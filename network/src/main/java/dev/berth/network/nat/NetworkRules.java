package dev.berth.network.nat;

import dev.berth.network.address.Family;
import dev.berth.network.address.IpAddress;
import dev.berth.network.address.IpPrefix;
import dev.berth.network.bridge.BridgeSpec;
import dev.berth.network.bridge.GatewayMode;
import java.util.List;
import java.util.Optional;

/**
 * What is let through of one network.
 *
 * @param bridge its interface
 * @param internal whether nothing comes in or goes out
 * @param interContainer whether its endpoints reach each other
 * @param subnets one a family
 * @param trusted interfaces of the host by which its endpoints are reached at all ports
 */
public record NetworkRules(
        String bridge, boolean internal, boolean interContainer, List<Subnet> subnets, List<String> trusted) {
    public NetworkRules {
        subnets = List.copyOf(subnets);
        trusted = List.copyOf(trusted);
    }

    /**
     * Its addresses of one family.
     *
     * @param masquerade whether what leaves it has an address of the host's
     * @param hostAddress that address, where it is not that of the interface by which it leaves
     */
    public record Subnet(IpPrefix prefix, GatewayMode mode, boolean masquerade, Optional<IpAddress> hostAddress) {}

    /** Those of a bridge network. */
    public static NetworkRules of(BridgeSpec spec) {
        return new NetworkRules(
                spec.interfaceName(),
                spec.internal(),
                spec.options().interContainer(),
                spec.gateways().stream()
                        .map(gateway -> new Subnet(
                                gateway.masked(),
                                spec.options().gatewayMode(gateway.family()),
                                spec.options().masquerade(),
                                spec.options().hostAddress(gateway.family())))
                        .toList(),
                spec.options().trustedInterfaces());
    }

    boolean hasMode(Family family, GatewayMode mode) {
        return subnets.stream().anyMatch(subnet -> subnet.prefix().family() == family && subnet.mode() == mode);
    }

    boolean has(Family family) {
        return subnets.stream().anyMatch(subnet -> subnet.prefix().family() == family);
    }
}
