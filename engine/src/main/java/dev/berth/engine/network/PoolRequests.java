package dev.berth.engine.network;

import dev.berth.engine.config.NetworkConfig.Pool;
import dev.berth.network.NetworkException;
import dev.berth.network.address.Family;
import dev.berth.network.address.IpAddress;
import dev.berth.network.address.IpPrefix;
import dev.berth.network.ipam.SubnetRequest;
import dev.berth.network.ipam.SubnetRules;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The subnets that a network asks for, out of the texts of a request. */
final class PoolRequests {
    private PoolRequests() {}

    /**
     * Reads them.
     *
     * @param ipv4 whether one of this family is wanted where none is named, as with {@code ipv6}
     * @throws NetworkException INVALID
     */
    static List<SubnetRequest> of(List<Pool> pools, boolean ipv4, boolean ipv6) {
        List<SubnetRequest> requests = new ArrayList<>();
        for (Pool pool : pools) {
            requests.add(request(pool));
        }
        for (Family family : Family.values()) {
            boolean wanted = family == Family.IPV4 ? ipv4 : ipv6;
            if (wanted && requests.stream().noneMatch(request -> request.family() == family)) {
                requests.add(SubnetRequest.any(family));
            }
        }
        SubnetRules.check(requests);
        return List.copyOf(requests);
    }

    private static SubnetRequest request(Pool pool) {
        Optional<IpPrefix> subnet = prefix("subnet", pool.subnet());
        Optional<IpPrefix> range = prefix("ip-range", pool.ipRange());
        Optional<IpAddress> gateway = pool.gateway().isEmpty()
                ? Optional.empty()
                : Optional.of(address("gateway", withoutPrefix(pool.gateway())));
        Map<String, IpAddress> auxiliary = new LinkedHashMap<>();
        pool.auxiliaryAddresses().forEach((name, text) -> auxiliary.put(name, address("auxiliary address", text)));
        Family family = subnet.map(IpPrefix::family)
                .or(() -> gateway.map(IpAddress::family))
                .orElse(Family.IPV4);
        return new SubnetRequest(family, subnet, range, gateway, true, auxiliary);
    }

    private static String withoutPrefix(String text) {
        int slash = text.indexOf('/');
        return slash < 0 ? text : text.substring(0, slash);
    }

    private static Optional<IpPrefix> prefix(String what, String text) {
        return text.isEmpty()
                ? Optional.empty()
                : Optional.of(IpPrefix.parse(text)
                        .orElseThrow(() -> NetworkException.invalid(
                                "invalid " + what + " " + text + ": invalid CIDR block notation")));
    }

    private static IpAddress address(String what, String text) {
        return IpAddress.parse(text)
                .orElseThrow(() -> NetworkException.invalid("invalid " + what + " " + text + ": invalid address"));
    }
}
