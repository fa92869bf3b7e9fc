package dev.berth.engine.network;

import dev.berth.engine.config.NetworkConfig.Pool;
import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a network is, as its file of state has it.
 *
 * @param driver {@code bridge}, {@code macvlan}, {@code ipvlan}, {@code host} or {@code null}
 * @param ipamOptions as they were asked for
 * @param pools its subnets, with what was chosen for it
 */
@Json
public record NetworkRecord(
        String id,
        String name,
        Instant created,
        String driver,
        boolean ipv4,
        boolean ipv6,
        boolean internal,
        boolean attachable,
        Map<String, String> ipamOptions,
        List<Pool> pools,
        Map<String, String> options,
        Map<String, String> labels) {
    public NetworkRecord {
        ipamOptions = ipamOptions == null ? Map.of() : Map.copyOf(ipamOptions);
        pools = pools == null ? List.of() : List.copyOf(pools);
        options = options == null ? Map.of() : Map.copyOf(options);
        labels = labels == null ? Map.of() : Map.copyOf(labels);
    }

    NetworkRecord with(List<Pool> chosen) {
        return new NetworkRecord(
                id, name, created, driver, ipv4, ipv6, internal, attachable, ipamOptions, chosen, options, labels);
    }
}
