package dev.berth.build.dockerfile;

import dev.berth.build.Limits;
import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A port as EXPOSE has it: {@code 80}, {@code 8000-8010/udp}. Docker also takes what {@code docker run -p} takes, and drops what
 * is before the container's port.
 *
 * @param text as it was written
 * @param published whether a host's address or port was written too
 * @param protocol as it was written; {@code tcp} where none was
 */
record PortSpec(String text, boolean published, int first, int last, String protocol) {
    private static final int PORT_MAX = 65_535;
    private static final Set<String> PROTOCOLS = Set.of("tcp", "udp", "sctp");

    /** All ports of these, as an image's configuration has them: {@code 80/tcp}; no port twice. */
    static List<String> exposed(List<String> ports) {
        Set<String> exposed = new LinkedHashSet<>();
        for (PortSpec spec : check(ports)) {
            for (int port = spec.first; port <= spec.last; port++) {
                exposed.add(port + "/" + spec.protocol.toLowerCase(Locale.ROOT));
            }
        }
        return List.copyOf(exposed);
    }

    /** @throws LanguageException when one is no port, or they are too many */
    static List<PortSpec> check(List<String> ports) {
        List<PortSpec> specs = ports.stream().map(PortSpec::parse).toList();
        long count = 0;
        for (PortSpec spec : specs) {
            count += spec.last - spec.first + 1;
        }
        if (count > Limits.EXPOSED_PORTS) {
            throw new LanguageException("more than " + Limits.EXPOSED_PORTS + " ports");
        }
        return specs;
    }

    /** @throws LanguageException when it is no port */
    static PortSpec parse(String text) {
        int inner = text.lastIndexOf(':');
        String host = inner < 0 ? "" : text.substring(0, inner);
        String container = text.substring(inner + 1);
        int slash = container.indexOf('/');
        String ports = slash < 0 ? container : container.substring(0, slash);
        String protocol = slash < 0 || slash == container.length() - 1 ? "tcp" : container.substring(slash + 1);
        if (ports.isEmpty()) {
            throw new LanguageException("invalid port: " + Text.quote(text) + ": no port specified");
        }
        if (!PROTOCOLS.contains(protocol.toLowerCase(Locale.ROOT))) {
            throw new LanguageException("invalid port: " + Text.quote(text) + ": invalid proto: " + protocol);
        }
        int[] range = range(ports, "invalid containerPort: ");
        checkHost(host, range, ports);
        return new PortSpec(text, !host.isEmpty(), range[0], range[1], protocol);
    }

    private static void checkHost(String host, int[] container, String ports) {
        int colon = host.lastIndexOf(':');
        String address = colon < 0 ? "" : host.substring(0, colon);
        String hostPorts = host.substring(colon + 1);
        if (!address.isEmpty() && !isAddress(address)) {
            throw new LanguageException("invalid IP address: " + address);
        }
        if (hostPorts.isEmpty()) {
            return;
        }
        int[] range = range(hostPorts, "invalid hostPort: ");
        boolean fits = range[1] - range[0] == container[1] - container[0];
        if (!fits && container[0] != container[1]) {
            throw new LanguageException(
                    "invalid ranges specified for container and host Ports: " + ports + " and " + hostPorts);
        }
    }

    private static boolean isAddress(String text) {
        String plain = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
        boolean whole =
                plain.contains(":") || plain.chars().filter(c -> c == '.').count() == 3;
        try {
            return whole && !InetAddress.ofLiteral(plain).getHostAddress().isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static int[] range(String text, String wrong) {
        int hyphen = text.indexOf('-');
        int first = number(hyphen < 0 ? text : text.substring(0, hyphen));
        int last = hyphen < 0 ? first : number(text.substring(hyphen + 1));
        if (first < 0 || last < first) {
            throw new LanguageException(wrong + text);
        }
        return new int[] {first, last};
    }

    private static int number(String digits) {
        boolean plain =
                !digits.isEmpty() && digits.length() <= 9 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        int number = plain ? Integer.parseInt(digits) : -1;
        return number <= PORT_MAX ? number : -1;
    }
}
