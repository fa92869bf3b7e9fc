package dev.berth.engine.container;

import dev.berth.engine.error.EngineException;
import dev.berth.engine.network.ExposedPort;
import dev.berth.engine.network.Published;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Docker's filters {@code publish} and {@code expose}: a port or a range of them, with a protocol or TCP. As there, they
 * are of the ports of containers that run, and one that fits is enough where both are given.
 */
record PortFilter(List<Range> published, List<Range> exposed) {
    private static final Pattern RANGE = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?(?:/(\\w+))?");
    private static final int MAX_PORT = 65_535;

    record Range(int first, int last, String protocol) {
        boolean has(int port, String ofProtocol) {
            return port >= first && port <= last && ofProtocol.equals(protocol);
        }
    }

    /** @throws EngineException INVALID for what is no port and no range */
    static PortFilter of(List<String> published, List<String> exposed) {
        return new PortFilter(
                published.stream().map(value -> range("publish", value)).toList(),
                exposed.stream().map(value -> range("expose", value)).toList());
    }

    private static Range range(String filter, String value) {
        if (value.indexOf(':') >= 0) {
            throw EngineException.invalid("filter for '" + filter + "' should not contain ':': " + value);
        }
        Matcher matcher = RANGE.matcher(value);
        if (!matcher.matches()) {
            throw EngineException.invalid(
                    "error while looking up for " + filter + " " + value + ": it is no port and no range of ports");
        }
        int first = Integer.parseInt(matcher.group(1));
        int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
        if (first > last || last > MAX_PORT) {
            throw EngineException.invalid("error while looking up for " + filter + " " + value + ": ports go up to "
                    + MAX_PORT + ", and a range from the lower to the higher");
        }
        return new Range(
                first, last, matcher.group(3) == null ? "tcp" : matcher.group(3).toLowerCase(Locale.ROOT));
    }

    boolean fits(Container container) {
        if (published.isEmpty() && exposed.isEmpty()) {
            return true;
        }
        if (!container.state().isRunning()) {
            return false;
        }
        List<Published> ports = container.snapshot().network().ports();
        return ports.stream()
                        .anyMatch(port -> ExposedPort.find(port.containerPort())
                                .filter(inside -> is(published, port.hostPort(), inside.protocol()))
                                .isPresent())
                || Stream.concat(
                                ports.stream().map(Published::containerPort),
                                container.config().exposedPorts().stream())
                        .flatMap(port -> ExposedPort.find(port).stream())
                        .anyMatch(port -> is(exposed, port.number(), port.protocol()));
    }

    private static boolean is(List<Range> ranges, int port, String protocol) {
        return ranges.stream().anyMatch(range -> range.has(port, protocol));
    }
}
