package dev.berth.engine.spec;

import dev.berth.network.port.ContainerPort;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The variables by which a container learns of one that it is linked with, as Docker sets them. */
public final class LinkEnvironment {
    /** What says nothing to another container. */
    private static final Set<String> OWN = Set.of("HOME", "PATH");

    private final String prefix;
    private final String address;
    private final List<String> variables = new ArrayList<>();

    private LinkEnvironment(String prefix, String address) {
        this.prefix = prefix;
        this.address = address;
    }

    /**
     * @param name by which the container knows the other: {@code /client/database}
     * @param address the other's
     * @param env the other's
     * @param exposed the other's ports
     */
    public static List<String> of(String name, String address, List<String> env, Collection<String> exposed) {
        String prefix = name.substring(name.lastIndexOf('/') + 1)
                .toUpperCase(Locale.ROOT)
                .replace('-', '_');
        LinkEnvironment environment = new LinkEnvironment(prefix, address);
        List<ContainerPort> ports =
                exposed.stream().map(ContainerPort::parse).sorted().toList();
        environment.first(ports);
        environment.runs(ports);
        ports.forEach(environment::port);
        environment.put("_NAME", name);
        environment.environment(env);
        return List.copyOf(environment.variables);
    }

    private void put(String suffix, String value) {
        variables.add(prefix + suffix + "=" + value);
    }

    private String url(ContainerPort port) {
        return port.protocol() + "://" + address + ":" + port.number();
    }

    private static String suffix(ContainerPort port) {
        return "_PORT_" + port.number() + "_" + port.protocol().name();
    }

    private void first(List<ContainerPort> ports) {
        if (!ports.isEmpty()) {
            put("_PORT", url(ports.getFirst()));
        }
    }

    /** Three and more ports one after the other are told as one, besides. */
    private void runs(List<ContainerPort> ports) {
        int from = 0;
        while (from < ports.size()) {
            int to = from;
            while (to + 1 < ports.size()
                    && ports.get(to + 1).number() <= ports.get(to).number() + 1) {
                to++;
            }
            if (to > from + 1) {
                ContainerPort start = ports.get(from);
                ContainerPort end = ports.get(to);
                put(suffix(start) + "_START", url(start));
                put(suffix(start) + "_ADDR", address);
                put(suffix(start) + "_PROTO", start.protocol().toString());
                put(suffix(start) + "_PORT_START", Integer.toString(start.number()));
                put(suffix(end) + "_END", url(end));
                put(suffix(end) + "_PORT_END", Integer.toString(end.number()));
            }
            from = to + 1;
        }
    }

    private void port(ContainerPort port) {
        put(suffix(port), url(port));
        put(suffix(port) + "_ADDR", address);
        put(suffix(port) + "_PORT", Integer.toString(port.number()));
        put(suffix(port) + "_PROTO", port.protocol().toString());
    }

    private void environment(List<String> env) {
        for (String variable : env) {
            int equals = variable.indexOf('=');
            if (equals > 0 && !OWN.contains(variable.substring(0, equals))) {
                put("_ENV_" + variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
    }
}
