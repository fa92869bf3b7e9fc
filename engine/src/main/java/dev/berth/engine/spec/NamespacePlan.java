package dev.berth.engine.spec;

import dev.berth.engine.config.ContainerConfig;
import dev.berth.engine.config.HostConfig;
import dev.berth.engine.config.NetworkingConfig;
import dev.berth.engine.error.EngineException;
import dev.berth.level.NamespaceMode;
import dev.berth.level.Namespaces;
import java.util.List;
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
        Use network = switch (networkMode) {
            case "none", "default", "bridge" -> new Use.Own();
            default -> use(networkMode, "network");
        };
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

    /** Sentences for the user on what is not as they may think. */
    public List<String> warnings() {
        return switch (networkMode) {
            case "default", "bridge" ->
                List.of("The network \"bridge\" is not there yet: the container has a loopback"
                        + " interface and no other. Use the network \"host\" to reach others.");
            default -> List.of();
        };
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
        if (kind.equals("network")) {
            throw EngineException.unsupported(
                    "network " + mode + " not found: there are none, host and container:<name or id>");
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
        for (String network : networking.endpointsConfig().keySet()) {
            boolean same = network.equals(mode) || List.of("default", "bridge").containsAll(List.of(network, mode));
            if (!same && !network.equals("none") && !network.equals("host")) {
                throw EngineException.unsupported(
                        "network " + network + " not found: there are none, host and container:<name or id>");
            }
            if (!same) {
                throw EngineException.invalid(
                        "conflicting options: the network mode " + mode + " and the network " + network);
            }
        }
    }
}
