package dev.berth.engine.network;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * A container's place in a network, while it runs. Kept in the container's record, so that the next engine finds it.
 *
 * @param network the network's name
 * @param interfaceName in the container
 * @param ipv4 with the length of the subnet's prefix; empty where there is none, as with each of the addresses
 * @param gatewayIpv4 the network's own address, whether or not the container's other packets go there
 * @param names by which others of the network find it
 * @param gatewayPriority the highest of a container's endpoints is its way out
 */
@Json
public record Endpoint(
        String networkId,
        String network,
        String id,
        String interfaceName,
        String mac,
        String ipv4,
        String ipv6,
        String gatewayIpv4,
        String gatewayIpv6,
        List<String> names,
        int gatewayPriority) {
    public Endpoint {
        names = names == null ? List.of() : List.copyOf(names);
    }

    Endpoint withNames(List<String> others) {
        return new Endpoint(
                networkId,
                network,
                id,
                interfaceName,
                mac,
                ipv4,
                ipv6,
                gatewayIpv4,
                gatewayIpv6,
                others,
                gatewayPriority);
    }

    /** The address alone; empty where there is none. */
    public static String address(String withPrefix) {
        return withPrefix.isEmpty() ? "" : withPrefix.substring(0, withPrefix.indexOf('/'));
    }

    /** The length of the prefix; 0 where there is no address. */
    public static int prefixLength(String withPrefix) {
        return withPrefix.isEmpty() ? 0 : Integer.parseInt(withPrefix.substring(withPrefix.indexOf('/') + 1));
    }
}
