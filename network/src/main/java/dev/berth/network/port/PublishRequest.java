package dev.berth.network.port;

import dev.berth.network.NetworkException;
import dev.berth.network.address.Family;
import dev.berth.network.address.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A port of a container that is to be reached by ports of the host.
 *
 * @param hostAddress the host's address where it is to be reached; nothing for all of them
 * @param hostPorts one of these
 */
public record PublishRequest(ContainerPort containerPort, Optional<IpAddress> hostAddress, PortRange hostPorts) {
    /**
     * Reads one as the API has it (Docker's {@code PortBinding}).
     *
     * @param port {@code 80/tcp}
     * @param hostIp may be empty
     * @param hostPort {@code 8080}, {@code 8000-8010}; empty or 0 for any
     * @throws NetworkException INVALID, in Docker's words
     */
    public static PublishRequest parse(String port, String hostIp, String hostPort) {
        ContainerPort containerPort = ContainerPort.parse(port);
        Optional<IpAddress> address = hostIp.isEmpty()
                ? Optional.empty()
                : Optional.of(IpAddress.parse(withoutBrackets(hostIp))
                        .orElseThrow(() -> NetworkException.invalid(
                                "invalid port specification: \"" + hostIp + "\" is no IP address")));
        PortRange ports = PortRange.parse(hostPort)
                .orElseThrow(() -> NetworkException.invalid("invalid port specification: \"" + hostPort + "\""));
        return new PublishRequest(containerPort, address, ports);
    }

    private static String withoutBrackets(String address) {
        return address.startsWith("[") && address.endsWith("]") ? address.substring(1, address.length() - 1) : address;
    }

    /**
     * The host's addresses that it means, all of which are to have the same port.
     *
     * @param byDefault the address where none is asked for (the network's {@code host_binding_ipv4}); where that is any IPv4
     *     address, it means any IPv6 address too
     * @param families those that the host and the container's network can serve
     */
    public List<IpAddress> addresses(IpAddress byDefault, List<Family> families) {
        List<IpAddress> addresses = new ArrayList<>();
        addresses.add(hostAddress.orElse(byDefault));
        if (hostAddress.isEmpty() && byDefault.equals(IpAddress.ANY_IPV4)) {
            addresses.add(IpAddress.ANY_IPV6);
        }
        return addresses.stream()
                .filter(address -> families.contains(address.family()))
                .toList();
    }
}
