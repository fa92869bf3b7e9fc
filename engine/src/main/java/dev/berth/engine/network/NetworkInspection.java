package dev.berth.engine.network;

import java.util.List;

/**
 * All there is to know about a network, at one instant.
 *
 * @param members the containers that are on it and run
 */
public record NetworkInspection(NetworkRecord network, List<Member> members) {
    public NetworkInspection {
        members = List.copyOf(members);
    }

    /** A container on it. */
    public record Member(String containerId, String containerName, Endpoint endpoint) {}

    public String id() {
        return network.id();
    }

    public String name() {
        return network.name();
    }
}
