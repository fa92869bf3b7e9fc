package dev.berth.engine.config;

import io.avaje.jsonb.Json;
import java.util.List;

/** Addresses asked for: in the network, and on the link besides. */
@Json
public record EndpointIpam(
        @Json.Property("IPv4Address") String iPv4Address,
        @Json.Property("IPv6Address") String iPv6Address,
        @Json.Property("LinkLocalIPs") List<String> linkLocalIPs) {
    public EndpointIpam {
        iPv4Address = Absent.text(iPv4Address);
        iPv6Address = Absent.text(iPv6Address);
        linkLocalIPs = Absent.list(linkLocalIPs);
    }
}
