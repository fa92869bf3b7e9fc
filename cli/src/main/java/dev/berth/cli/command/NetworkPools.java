package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.json.Json;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The subnets that {@code network create} is told of: each range, gateway and auxiliary address goes with one of them. */
final class NetworkPools {
    private static final int BITS_PER_BYTE = 8;

    private NetworkPools() {}

    static List<@Nullable Object> of(Flags flags) {
        Map<String, Map<String, @Nullable Object>> pools = new LinkedHashMap<>();
        for (String subnet : flags.list("subnet")) {
            for (String other : pools.keySet()) {
                if (contains(other, subnet) || contains(subnet, other)) {
                    throw new CliException("multiple overlapping subnet configuration is not supported");
                }
            }
            pools.put(subnet, Json.of("Subnet", subnet));
        }
        for (String range : flags.list("ip-range")) {
            Map<String, @Nullable Object> pool = find(pools, range, "no matching subnet for range " + range);
            if (pool.put("IPRange", range) != null) {
                throw new CliException("cannot configure multiple ranges (" + range + ") on the same subnet");
            }
        }
        for (String gateway : flags.list("gateway")) {
            Map<String, @Nullable Object> pool = find(pools, gateway, "no matching subnet for gateway " + gateway);
            if (pool.put("Gateway", gateway) != null) {
                throw new CliException("cannot configure multiple gateways (" + gateway + ") for the same subnet");
            }
        }
        Map<Map<String, @Nullable Object>, Map<String, String>> auxiliary = new IdentityHashMap<>();
        Values.map(flags.list("aux-address"))
                .forEach((name, address) -> auxiliary
                        .computeIfAbsent(
                                find(pools, address, "no matching subnet for aux-address " + address),
                                pool -> new LinkedHashMap<>())
                        .put(name, address));
        auxiliary.forEach((pool, addresses) -> pool.put("AuxiliaryAddresses", addresses));
        return new ArrayList<>(pools.values());
    }

    private static Map<String, @Nullable Object> find(
            Map<String, Map<String, @Nullable Object>> pools, String address, String otherwise) {
        return pools.entrySet().stream()
                .filter(pool -> contains(pool.getKey(), address))
                .findFirst()
                .orElseThrow(() -> new CliException(otherwise))
                .getValue();
    }

    /** Whether an address, or the first of a range, is in a subnet; what is malformed is in none. */
    private static boolean contains(String subnet, String address) {
        byte[] prefix = bytes(subnet);
        byte[] one = bytes(address);
        int slash = subnet.indexOf('/');
        if (prefix.length != one.length
                || prefix.length == 0
                || !subnet.substring(slash + 1).matches("\\d{1,3}")) {
            return false;
        }
        int bits = Math.min(Integer.parseInt(subnet.substring(slash + 1)), prefix.length * BITS_PER_BYTE);
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % BITS_PER_BYTE);
            if (((prefix[bit / BITS_PER_BYTE] ^ one[bit / BITS_PER_BYTE]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    private static byte[] bytes(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        if (!address.matches("[0-9.]+|[0-9a-fA-F.]*:[0-9a-fA-F:.]*")) {
            return new byte[0]; // a name would be looked up
        }
        try {
            return InetAddress.ofLiteral(address).getAddress();
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }
}
