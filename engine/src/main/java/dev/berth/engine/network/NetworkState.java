package dev.berth.engine.network;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Optional;

/** What a container has of networks while it runs; empty for one that has none of its own. */
@Json
public record NetworkState(List<Endpoint> endpoints, List<Published> ports) {
    /** Nothing. */
    public static final NetworkState NONE = new NetworkState(List.of(), List.of());

    public NetworkState {
        endpoints = endpoints == null ? List.of() : List.copyOf(endpoints);
        ports = ports == null ? List.of() : List.copyOf(ports);
    }

    public Optional<Endpoint> endpoint(String networkId) {
        return endpoints.stream()
                .filter(endpoint -> endpoint.networkId().equals(networkId))
                .findFirst();
    }
}
