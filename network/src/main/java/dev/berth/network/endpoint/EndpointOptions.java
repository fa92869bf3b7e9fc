package dev.berth.network.endpoint;

import dev.berth.linux.netlink.InterfaceName;
import dev.berth.network.NetworkException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What Docker's network drivers can be asked for one endpoint ({@code DriverOpts}).
 *
 * @param interfaceName in the container
 * @param sysctls of the interface, as an {@link EndpointSpec} has them
 */
public record EndpointOptions(Optional<String> interfaceName, Map<String, String> sysctls) {
    /** Nothing. */
    public static final EndpointOptions NONE = new EndpointOptions(Optional.empty(), Map.of());

    private static final String INTERFACE_NAME = "com.docker.network.endpoint.ifname";
    private static final String SYSCTLS = "com.docker.network.endpoint.sysctls";
    /** Docker's command line writes the place of the interface's name in small letters. */
    private static final Pattern SYSCTL =
            Pattern.compile("(net\\.(?:ipv4|ipv6|mpls)\\.[^.=]+\\.)(?:IFNAME|ifname)(\\.[^=]+)=(.*)");

    public EndpointOptions {
        sysctls = Map.copyOf(sysctls);
    }

    /**
     * Reads them.
     *
     * @throws NetworkException INVALID, naming the option that is unknown or whose value makes no sense
     */
    public static EndpointOptions parse(Map<String, String> options) {
        Map<String, String> left = new TreeMap<>(options);
        Optional<String> name = Optional.ofNullable(left.remove(INTERFACE_NAME)).filter(text -> !text.isEmpty());
        name.ifPresent(EndpointOptions::checkName);
        Map<String, String> sysctls =
                sysctls(Optional.ofNullable(left.remove(SYSCTLS)).orElse(""));
        if (!left.isEmpty()) {
            throw NetworkException.invalid(
                    "an endpoint has no option " + String.join(", ", left.keySet()) + "; leave it out");
        }
        InterfaceSettings.check(sysctls);
        return new EndpointOptions(name, sysctls);
    }

    private static void checkName(String name) {
        try {
            InterfaceName.check(name);
        } catch (IllegalArgumentException e) {
            throw NetworkException.invalid("invalid interface name " + name + ": " + e.getMessage());
        }
    }

    private static Map<String, String> sysctls(String text) {
        Map<String, String> sysctls = new LinkedHashMap<>();
        for (String sysctl : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            var parts = SYSCTL.matcher(sysctl);
            if (!parts.matches()) {
                throw NetworkException.invalid("unrecognised network interface sysctl '" + sysctl
                        + "'; represent 'net.X.Y.ethN.Z=V' as 'net.X.Y.IFNAME.Z=V', 'X' must be 'ipv4', 'ipv6' or"
                        + " 'mpls'");
            }
            sysctls.put(parts.group(1) + "IFNAME" + parts.group(2), parts.group(3));
        }
        return sysctls;
    }
}
