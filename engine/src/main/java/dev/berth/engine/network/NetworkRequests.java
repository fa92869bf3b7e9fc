package dev.berth.engine.network;

import dev.berth.engine.config.NetworkConfig;
import dev.berth.engine.error.EngineException;
import java.util.Set;
import java.util.regex.Pattern;

/** What of a request for a network is refused, in Docker's words or by name. */
final class NetworkRequests {
    /** What is a word of one line wherever it is shown, and can be a domain of names. */
    private static final Pattern NAME = Pattern.compile("[^\\s\\p{Cntrl}/]([^\\p{Cntrl}/]{0,254}[^\\s\\p{Cntrl}/])?");

    private static final Set<String> OTHERS = Set.of("overlay");

    private NetworkRequests() {}

    static void check(NetworkConfig config) {
        String name = config.name();
        if (name.isEmpty()) {
            throw EngineException.invalid("invalid network name: name is empty");
        }
        if (!NAME.matcher(name).matches()) {
            throw EngineException.invalid(
                    "invalid network name \"" + name.replaceAll("\\p{Cntrl}", "?")
                            + "\": it has blanks at an end, a slash or what cannot be printed in it, or more than 256 characters");
        }
        if (NetworkIndex.isPredefined(name)) {
            throw new EngineException(
                    EngineException.Kind.FORBIDDEN, "operation is not permitted on predefined " + name + " network");
        }
        checkDriver(config.driver());
        refuse(
                !config.scope().isEmpty() && !config.scope().equals("local"),
                "a network of the scope " + config.scope());
        refuse(config.ingress(), "an ingress network (Ingress)");
        refuse(config.configOnly(), "a network that is a configuration alone (ConfigOnly)");
        refuse(
                config.configFrom().filter(from -> !from.network().isEmpty()).isPresent(),
                "a configuration of another network (ConfigFrom)");
        config.ipam().ifPresent(ipam -> {
            refuse(!ipam.driver().isEmpty() && !ipam.driver().equals("default"), "the IPAM driver " + ipam.driver());
            refuse(!ipam.options().isEmpty(), "an option of the IPAM driver (Options)");
        });
        if (!config.enableIPv4().orElse(true) && !config.enableIPv6()) {
            throw EngineException.invalid("IPv4 or IPv6 must be enabled");
        }
    }

    private static void checkDriver(String driver) {
        if (driver.isEmpty() || driver.equals(Networks.BRIDGE) || Segment.isVlan(driver)) {
            return;
        }
        if (driver.equals("host") || driver.equals("null")) {
            throw new EngineException(
                    EngineException.Kind.FORBIDDEN, "only one instance of \"" + driver + "\" network is allowed");
        }
        refuse(OTHERS.contains(driver), "the network driver " + driver);
        throw EngineException.notFound("could not find plugin " + driver + " in v1 plugin registry: plugin not found");
    }

    private static void refuse(boolean asked, String what) {
        if (asked) {
            throw EngineException.unsupported(what + " is not supported");
        }
    }
}
