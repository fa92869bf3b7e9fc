package dev.berth.network.bridge;

import dev.berth.linux.netlink.InterfaceName;
import dev.berth.network.NetworkException;
import dev.berth.network.address.Family;
import dev.berth.network.address.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * The options of Docker's bridge driver.
 *
 * @param name of the bridge's interface; without it one is made from the network's ID
 * @param interContainer whether endpoints reach each other
 * @param masquerade whether what leaves the network has the host's address
 * @param hostBinding the address of the host at which ports are published that name none
 * @param inhibitIpv4 whether the bridge has no IPv4 address
 * @param mtu of all the network's interfaces, in bytes
 * @param containerPrefix what interfaces in containers are called, with a number behind it
 * @param hostIpv4 the address that what leaves the network has, where it is not the interface's
 * @param hostIpv6 the same of the other family
 * @param trustedInterfaces of the host, by which endpoints are reached at all their ports
 */
public record BridgeOptions(
        Optional<String> name,
        boolean interContainer,
        boolean masquerade,
        GatewayMode gatewayModeIpv4,
        GatewayMode gatewayModeIpv6,
        Optional<IpAddress> hostBinding,
        boolean inhibitIpv4,
        OptionalInt mtu,
        String containerPrefix,
        Optional<IpAddress> hostIpv4,
        Optional<IpAddress> hostIpv6,
        List<String> trustedInterfaces) {
    private static final String BRIDGE = "com.docker.network.bridge.";
    private static final String NAME = BRIDGE + "name";
    private static final String ENABLE_ICC = BRIDGE + "enable_icc";
    private static final String ENABLE_MASQUERADE = BRIDGE + "enable_ip_masquerade";
    private static final String GATEWAY_MODE_IPV4 = BRIDGE + "gateway_mode_ipv4";
    private static final String GATEWAY_MODE_IPV6 = BRIDGE + "gateway_mode_ipv6";
    private static final String HOST_BINDING = BRIDGE + "host_binding_ipv4";
    private static final String INHIBIT_IPV4 = BRIDGE + "inhibit_ipv4";
    private static final String TRUSTED_INTERFACES = BRIDGE + "trusted_host_interfaces";
    /** Which network is the default one is the engine's to say; the option is Docker's own mark of it. */
    private static final String DEFAULT_BRIDGE = BRIDGE + "default_bridge";

    private static final String MTU = "com.docker.network.driver.mtu";
    private static final String CONTAINER_PREFIX = "com.docker.network.container_iface_prefix";
    private static final String HOST_IPV4 = "com.docker.network.host_ipv4";
    private static final String HOST_IPV6 = "com.docker.network.host_ipv6";

    private static final int MTU_MIN = 68;
    private static final int MTU_MAX = 65_535;
    private static final int NUMBER_DIGITS = 3;

    public BridgeOptions {
        trustedInterfaces = List.copyOf(trustedInterfaces);
    }

    /** With none of them set. */
    public static final BridgeOptions DEFAULT = parse(Map.of());

    /**
     * Reads a network's options.
     *
     * @throws NetworkException INVALID, naming the option that is unknown or whose value makes no sense
     */
    public static BridgeOptions parse(Map<String, String> options) {
        Map<String, String> left = new TreeMap<>(options);
        BridgeOptions parsed = new BridgeOptions(
                take(left, NAME).map(name -> interfaceName(NAME, name, InterfaceName.BYTES_MAX)),
                flag(left, ENABLE_ICC, true),
                flag(left, ENABLE_MASQUERADE, true),
                gatewayMode(left, GATEWAY_MODE_IPV4),
                gatewayMode(left, GATEWAY_MODE_IPV6),
                address(left, HOST_BINDING, Family.IPV4),
                flag(left, INHIBIT_IPV4, false),
                take(left, MTU).map(BridgeOptions::mtu).map(OptionalInt::of).orElse(OptionalInt.empty()),
                take(left, CONTAINER_PREFIX)
                        .map(prefix -> interfaceName(CONTAINER_PREFIX, prefix, InterfaceName.BYTES_MAX - NUMBER_DIGITS))
                        .orElse("eth"),
                address(left, HOST_IPV4, Family.IPV4),
                address(left, HOST_IPV6, Family.IPV6),
                take(left, TRUSTED_INTERFACES)
                        .map(names -> List.of(names.split(":+")))
                        .orElse(List.of()));
        flag(left, DEFAULT_BRIDGE, false);
        if (!left.isEmpty()) {
            throw NetworkException.invalid(
                    "the bridge driver has no option " + String.join(", ", left.keySet()) + "; leave it out");
        }
        return parsed;
    }

    public GatewayMode gatewayMode(Family family) {
        return family == Family.IPV4 ? gatewayModeIpv4 : gatewayModeIpv6;
    }

    /** The address that what leaves the network has, where one was asked for. */
    public Optional<IpAddress> hostAddress(Family family) {
        return family == Family.IPV4 ? hostIpv4 : hostIpv6;
    }

    private static Optional<String> take(Map<String, String> left, String option) {
        return Optional.ofNullable(left.remove(option)).filter(value -> !value.isEmpty());
    }

    /** Go's forms of truth. */
    private static boolean flag(Map<String, String> left, String option, boolean otherwise) {
        return take(left, option)
                .map(value -> switch (value) {
                    case "1", "t", "T", "true", "TRUE", "True" -> true;
                    case "0", "f", "F", "false", "FALSE", "False" -> false;
                    default -> throw wrong(option, value, "neither true nor false");
                })
                .orElse(otherwise);
    }

    private static GatewayMode gatewayMode(Map<String, String> left, String option) {
        return take(left, option)
                .map(value -> GatewayMode.parse(value)
                        .orElseThrow(() -> wrong(option, value, "unknown gateway mode " + value)))
                .orElse(GatewayMode.NAT);
    }

    private static Optional<IpAddress> address(Map<String, String> left, String option, Family family) {
        return take(left, option)
                .map(value -> IpAddress.parse(value)
                        .filter(address -> address.family() == family)
                        .orElseThrow(() -> wrong(option, value, "no " + family + " address")));
    }

    private static int mtu(String value) {
        if (value.matches("\\d{1,5}")) {
            int bytes = Integer.parseInt(value);
            if (bytes >= MTU_MIN && bytes <= MTU_MAX) {
                return bytes;
            }
        }
        throw wrong(MTU, value, "give " + MTU_MIN + " to " + MTU_MAX + " bytes");
    }

    private static String interfaceName(String option, String value, int bytesMax) {
        try {
            if (value.length() > bytesMax) {
                throw wrong(option, value, "at most " + bytesMax + " characters are possible");
            }
            return InterfaceName.check(value);
        } catch (IllegalArgumentException e) {
            throw wrong(option, value, String.valueOf(e.getMessage()));
        }
    }

    private static NetworkException wrong(String option, String value, String why) {
        return NetworkException.invalid("failed to parse " + option + " value: " + value + " (" + why + ")");
    }
}
