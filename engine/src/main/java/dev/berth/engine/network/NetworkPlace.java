package dev.berth.engine.network;

import dev.berth.engine.config.EndpointConfig;
import java.util.Optional;

/**
 * A network that a container is on, or will be when it runs.
 *
 * @param network its name, or what it was asked for by where it is not there
 * @param networkId empty where it is not there
 * @param endpoint while it runs
 */
public record NetworkPlace(String network, String networkId, EndpointConfig asked, Optional<Endpoint> endpoint) {}
