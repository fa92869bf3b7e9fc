package dev.berth.engine.spec;

import dev.berth.engine.config.ContainerConfig;
import dev.berth.engine.config.EndpointConfig;
import dev.berth.engine.config.HostConfig;
import dev.berth.engine.config.NetworkingConfig;
import dev.berth.engine.error.EngineException;
import dev.berth.level.NamespaceMode;
import dev.berth.level.Namespaces;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Whose namespaces a container uses; other containers are named as the user named them.
 *
 * @param networkMode as it was asked for
 */
public record NamespacePlan(String networkMode, Use network, Use pid, Use ipc, Use uts, Use cgroup) {
    /** Whose namespace of a kind. */
    public sealed interface Use {
        record Own() implements Use {}

        record Hosts() implements Use {}

        record Of(String container) implements Use {}
    }

    /** How other containers' names become sandboxes' ids; throws where one does not run. */
    @FunctionalInterface
    public interface Lookup {
        String sandboxOf(String container);
    }

    /**
     * Reads the modes.
     *
     * @throws EngineException INVALID or UNSUPPORTED, naming the option
     */
    public static NamespacePlan of(ContainerConfig config, HostConfig host, NetworkingConfig networking) {
        String networkMode = config.networkDisabled() ? "none" : host.networkMode();
        refuseNetworks(networkMode, networking);
        Use network =
                isBridged(networkMode) || networkMode.equals("none") ? new Use.Own() : use(networkMode, "network");
        return new NamespacePlan(
                networkMode,
                network,
                host.pidMode().isEmpty() || host.pidMode().equals("private")
                        ? new Use.Own()
                        : use(host.pidMode(), "PID"),
                ipc(host.ipcMode()),
                ownOrHosts(host.utsMode(), "UTS"),
                ownOrHosts(host.cgroupnsMode(), "cgroup namespace"));
    }

    /**
     * Checks the host name against the namespaces.
     *
     * @throws EngineException INVALID where a host name was asked for that another's namespace decides on
     */
    public void refuseHostname(String asked) {
        if (!asked.isEmpty() && network instanceof Use.Of) {
            throw EngineException.invalid("conflicting options: hostname and the network mode");
        }
        if (!asked.isEmpty() && uts instanceof Use.Hosts) {
            throw EngineException.invalid("conflicting options: hostname and the UTS mode");
        }
    }

    /**
     * Checks what is asked for of names and ports against another's network, whose they are.
     *
     * @param asked without the image's configuration
     * @throws EngineException INVALID, in Docker's words
     */
    public void refuseOthers(ContainerConfig asked, HostConfig host) {
        if (network instanceof Use.Of) {
            refuse(!host.dns().isEmpty(), "dns and the network mode");
            refuse(!host.extraHosts().isEmpty(), "custom host-to-IP mapping and the network mode");
            refuse(
                    !host.portBindings().isEmpty() || host.publishAllPorts(),
                    "port publishing and the container type network mode");
            refuse(!asked.exposedPorts().isEmpty(), "port exposing and the container type network mode");
        }
    }

    private static void refuse(boolean condition, String what) {
        if (condition) {
            throw EngineException.invalid("conflicting options: " + what);
        }
    }

    /** Whether a mode is a network of the engine's that containers have interfaces in. */
    public static boolean isBridged(String networkMode) {
        return !networkMode.equals("none") && !networkMode.equals("host") && !networkMode.startsWith("container:");
    }

    /**
     * The networks that are asked for, by name or ID, with what is asked of the place in each.
     *
     * @return none where the mode has no interfaces
     */
    public static Map<String, EndpointConfig> networks(String networkMode, NetworkingConfig networking) {
        if (!isBridged(networkMode)) {
            return Map.of();
        }
        Map<String, EndpointConfig> networks = new LinkedHashMap<>();
        networks.put(usual(networkMode), EndpointConfig.NONE);
        networking.endpointsConfig().forEach((name, config) -> networks.put(usual(name), config));
        return networks;
    }

    private static String usual(String network) {
        return network.equals("default") ? "bridge" : network;
    }

    /** In a level's terms. */
    public Namespaces resolve(Lookup lookup) {
        return new Namespaces(
                mode(network, lookup), mode(pid, lookup), mode(ipc, lookup), mode(uts, lookup), mode(cgroup, lookup));
    }

    /** The container whose network is used, if it is another's. */
    public Optional<String> networkContainer() {
        return network instanceof Use.Of(String container) ? Optional.of(container) : Optional.empty();
    }

    private static NamespaceMode mode(Use use, Lookup lookup) {
        return switch (use) {
            case Use.Own() -> NamespaceMode.PRIVATE;
            case Use.Hosts() -> NamespaceMode.HOST;
            case Use.Of(String container) -> new NamespaceMode.Joined(lookup.sandboxOf(container));
        };
    }

    private static Use use(String mode, String kind) {
        if (mode.equals("host")) {
            return new Use.Hosts();
        }
        if (mode.startsWith("container:") && mode.length() > "container:".length()) {
            return new Use.Of(mode.substring("container:".length()));
        }
        throw EngineException.invalid("invalid " + kind + " mode: " + mode);
    }

    private static Use ipc(String mode) {
        return switch (mode) {
            case "private", "shareable", "none" -> new Use.Own();
            default -> use(mode, "IPC");
        };
    }

    private static Use ownOrHosts(String mode, String kind) {
        return switch (mode) {
            case "", "private" -> new Use.Own();
            case "host" -> new Use.Hosts();
            default -> throw EngineException.invalid("invalid " + kind + " mode: " + mode);
        };
    }

    private static void refuseNetworks(String mode, NetworkingConfig networking) {
        networking.endpointsConfig().forEach((network, asked) -> {
            boolean same = usual(network).equals(usual(mode));
            if (!same && (!isBridged(mode) || !isBridged(network))) {
                throw EngineException.invalid(
                        "conflicting options: the network mode " + mode + " and the network " + network);
            }
            if (!isBridged(mode) && !asked.equals(EndpointConfig.NONE)) {
                throw EngineException.invalid("invalid endpoint settings:\nthe network " + network
                        + " has no addresses, names or options for a container: leave them out");
            }
        });
    }
}
