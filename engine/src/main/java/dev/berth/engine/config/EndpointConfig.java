package dev.berth.engine.config;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is asked for of a container's place in a network (Docker's {@code EndpointSettings}). The members that an answer alone has ({@code NetworkID}, {@code Gateway}…) are passed over, as Docker does.
 */
@Json
public record EndpointConfig(
        @Json.Property("IPAMConfig") Optional<EndpointIpam> ipamConfig,
        @Json.Property("Links") List<String> links,
        @Json.Property("Aliases") List<String> aliases,
        @Json.Property("MacAddress") String macAddress,
        @Json.Property("GwPriority") int gwPriority,
        @Json.Property("DriverOpts") Map<String, String> driverOpts) {
    /** Nothing in particular. */
    public static final EndpointConfig NONE =
            new EndpointConfig(Optional.empty(), List.of(), List.of(), "", 0, Map.of());

    public EndpointConfig {
        ipamConfig = Absent.optional(ipamConfig);
        links = Absent.list(links);
        aliases = Absent.list(aliases);
        macAddress = Absent.text(macAddress);
        driverOpts = Absent.map(driverOpts);
    }

    public EndpointConfig withLinks(List<String> others) {
        return new EndpointConfig(ipamConfig, others, aliases, macAddress, gwPriority, driverOpts);
    }
}
