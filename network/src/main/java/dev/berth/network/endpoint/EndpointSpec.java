package dev.berth.network.endpoint;

import dev.berth.linux.netlink.MacAddress;
import dev.berth.network.address.IpAddress;
import dev.berth.network.address.IpPrefix;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an endpoint is to be: an interface in a container that is on a network.
 *
 * @param id hexadecimal, long enough that no two begin alike; the host's end of the pair is named after it
 * @param interfaceName in the container; without it the prefix and the lowest number that is free
 * @param addresses with the length of their subnets' prefixes
 * @param gateways by which everything else is reached, {@code 0.0.0.0} or {@code ::} for the link itself; none where another
 *     network's are, or the network is internal
 * @param sysctls of the interface, whose place in a name is held by {@code IFNAME}: {@code net.ipv4.conf.IFNAME.log_martians}
 */
public record EndpointSpec(
        String id,
        Optional<String> interfaceName,
        List<IpPrefix> addresses,
        MacAddress mac,
        List<IpAddress> gateways,
        Map<String, String> sysctls) {
    /** Docker's length. */
    private static final int HOST_NAME_DIGITS = 7;

    public EndpointSpec {
        addresses = List.copyOf(addresses);
        gateways = List.copyOf(gateways);
        sysctls = Map.copyOf(sysctls);
    }

    /** Names for the host's end, in the order in which they are tried: parts of the ID. */
    public List<String> hostNames() {
        return id.length() < 2 * HOST_NAME_DIGITS
                ? List.of("veth" + id.substring(0, Math.min(id.length(), HOST_NAME_DIGITS)))
                : List.of(
                        "veth" + id.substring(0, HOST_NAME_DIGITS),
                        "veth" + id.substring(HOST_NAME_DIGITS, 2 * HOST_NAME_DIGITS));
    }

    /** What the host's end is known by to be this endpoint's. */
    public String alias() {
        return "berth endpoint " + id;
    }
}
