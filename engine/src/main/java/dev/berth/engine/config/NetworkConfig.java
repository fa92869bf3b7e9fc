package dev.berth.engine.config;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A request to make a network (Docker's {@code NetworkCreateRequest}). */
@Json
public record NetworkConfig(
        @Json.Property("Name") String name,
        @Json.Property("Driver") String driver,
        @Json.Property("Scope") String scope,
        @Json.Property("Internal") boolean internal,
        @Json.Property("Attachable") boolean attachable,
        @Json.Property("Ingress") boolean ingress,
        @Json.Property("ConfigOnly") boolean configOnly,
        @Json.Property("ConfigFrom") Optional<ConfigReference> configFrom,
        @Json.Property("EnableIPv4") Optional<Boolean> enableIPv4,
        @Json.Property("EnableIPv6") boolean enableIPv6,
        @Json.Property("IPAM") Optional<Ipam> ipam,
        @Json.Property("Options") Map<String, String> options,
        @Json.Property("Labels") Map<String, String> labels) {
    public NetworkConfig {
        name = Absent.text(name);
        driver = Absent.text(driver);
        scope = Absent.text(scope);
        configFrom = Absent.optional(configFrom);
        enableIPv4 = Absent.optional(enableIPv4);
        ipam = Absent.optional(ipam);
        options = Absent.map(options);
        labels = Absent.map(labels);
    }

    /** Another network whose configuration is to be taken. */
    @Json
    public record ConfigReference(@Json.Property("Network") String network) {
        public ConfigReference {
            network = Absent.text(network);
        }
    }

    /** How its addresses are given out. */
    @Json
    public record Ipam(
            @Json.Property("Driver") String driver,
            @Json.Property("Options") Map<String, String> options,
            @Json.Property("Config") List<Pool> config) {
        public Ipam {
            driver = Absent.text(driver);
            options = Absent.map(options);
            config = Absent.list(config);
        }
    }

    /** A subnet: as it is asked for, and as a network has it. */
    @Json
    public record Pool(
            @Json.Property("Subnet") String subnet,
            @Json.Property("IPRange") String ipRange,
            @Json.Property("Gateway") String gateway,
            @Json.Property("AuxiliaryAddresses") Map<String, String> auxiliaryAddresses) {
        public Pool {
            subnet = Absent.text(subnet);
            ipRange = Absent.text(ipRange);
            gateway = Absent.text(gateway);
            auxiliaryAddresses = Absent.map(auxiliaryAddresses);
        }
    }
}
