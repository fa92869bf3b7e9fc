package dev.berth.network.nat;

import dev.berth.network.address.IpAddress;
import dev.berth.network.port.Protocol;

/**
 * A port of the host that leads to one of an endpoint.
 *
 * @param bridge the endpoint's network's interface
 * @param hostAddress where it is reached; any address of a family for all of them
 */
public record PublishedPort(
        String bridge,
        Protocol protocol,
        IpAddress hostAddress,
        int hostPort,
        IpAddress containerAddress,
        int containerPort) {}
