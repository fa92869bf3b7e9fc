package dev.berth.network.host;

import dev.berth.network.address.IpAddress;
import dev.berth.network.nat.PublishedPort;
import dev.berth.network.port.HeldPort;
import dev.berth.network.proxy.UserSpaceProxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The ports of one endpoint that are published. Closing this lets go of all of them; with the engine's process they are let
 * go of too, but for the rules of nftables, by which connections go on.
 */
public final class Published implements AutoCloseable {
    private final HostNetwork owner;
    private final List<PublishedPort> ports;
    private final List<HeldPort> held;
    private final List<UserSpaceProxy.Carried> carried;
    private final AtomicBoolean closed = new AtomicBoolean();

    Published(HostNetwork owner, List<PublishedPort> ports, List<HeldPort> held, List<UserSpaceProxy.Carried> carried) {
        this.owner = owner;
        this.ports = List.copyOf(ports);
        this.held = List.copyOf(held);
        this.carried = List.copyOf(carried);
    }

    /** One for each address of the host, with the port that was chosen: what {@code inspect} shows. */
    public List<PublishedPort> ports() {
        return ports;
    }

    /** Idempotent: what another endpoint has published since is not touched. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            owner.unpublish(ports);
            letGo();
        }
    }

    /** The ports themselves, once no rule leads to them. */
    private void letGo() {
        carried.forEach(UserSpaceProxy.Carried::close);
        held.forEach(HeldPort::close);
    }

    /** Closes several, and forgets the connections of endpoints that have left with them. */
    static void close(HostNetwork owner, List<Published> several, List<IpAddress> endpoints) {
        List<Published> open = several.stream()
                .filter(one -> one.closed.compareAndSet(false, true))
                .toList();
        owner.withdraw(open.stream().flatMap(one -> one.ports.stream()).toList(), endpoints);
        open.forEach(Published::letGo);
    }
}
