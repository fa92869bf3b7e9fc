package dev.berth.embedded;

import dev.berth.engine.config.NetworkConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The networks of an engine. */
public final class Networks {
    private final Berth berth;

    Networks(Berth berth) {
        this.berth = berth;
    }

    /** Makes a network with a name that no other has. The caller closes it, or it goes with the engine. */
    public Network create() {
        return create("net-" + UUID.randomUUID());
    }

    /**
     * Makes a network with addresses that are free on this host. The caller closes it, or it goes with the engine.
     *
     * @throws BerthException CONFLICT where the name is taken
     */
    public Network create(String name) {
        NetworkConfig config = new NetworkConfig(
                name,
                "bridge",
                "",
                false,
                true,
                false,
                false,
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.empty(),
                Map.of(),
                Map.of());
        return Failures.gives(() -> new Network(berth, berth.engine().networks().create(config), name));
    }

    /** Those that were made, by name. */
    public List<Network> list() {
        return Failures.gives(() -> berth.engine().networks().list(Map.of("type", List.of("custom"))).stream()
                .map(network -> new Network(berth, network.id(), network.name()))
                .toList());
    }
}
