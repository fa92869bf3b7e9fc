package dev.berth.engine.network;

import io.avaje.jsonb.Json;

/**
 * A port of a container that is reached by one of the host's at one of its addresses, while it runs.
 *
 * @param containerPort {@code 80/tcp}
 * @param hostPort 0 where the container's own is reached without one
 */
@Json
public record Published(String containerPort, String hostAddress, int hostPort, String containerAddress) {}
