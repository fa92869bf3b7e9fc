package dev.berth.network.host;

import dev.berth.network.nat.PublishedPort;
import dev.berth.network.port.HeldPort;
import dev.berth.network.proxy.UserSpaceProxy;
import java.util.List;

/**
 * The ports of one endpoint that are published. Closing this lets go of all of them; with the engine's process they are let
 * go of too, but for the rules of nftables, by which connections go on.
 *
 * @param ports one for each address of the host, with the port that was chosen: what {@code inspect} shows
 */
public record Published(
        HostNetwork owner, List<PublishedPort> ports, List<HeldPort> held, List<UserSpaceProxy.Carried> carried)
        implements AutoCloseable {
    public Published {
        ports = List.copyOf(ports);
        held = List.copyOf(held);
        carried = List.copyOf(carried);
    }

    /** Idempotent. */
    @Override
    public void close() {
        owner.unpublish(this);
    }
}
