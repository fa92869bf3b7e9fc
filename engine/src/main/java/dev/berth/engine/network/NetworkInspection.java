package dev.berth.engine.network;

import dev.berth.engine.config.NetworkConfig.Pool;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * All there is to know about a network, at one instant.
 *
 * @param members the containers that are on it and run
 */
public record NetworkInspection(
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
        Map<String, String> labels,
        List<Member> members) {

    /** A container on it. */
    public record Member(String containerId, String containerName, Endpoint endpoint) {}
}
