package dev.berth.junit;

import dev.berth.embedded.Berth;
import dev.berth.embedded.Network;
import java.util.Optional;
import java.util.UUID;

/**
 * A network of test containers, on which they find each other by their names. It is there while a container of it runs, and
 * has a name that no other network has.
 */
public final class NetworkFixture {
    private final String name = "net-" + UUID.randomUUID();
    private Optional<Network> network = Optional.empty();
    private int containers;

    private NetworkFixture() {}

    public static NetworkFixture create() {
        return new NetworkFixture();
    }

    /** By which a {@link dev.berth.embedded.ContainerSpec} of a test's own can join it while it is there. */
    public String name() {
        return name;
    }

    synchronized void join(Berth berth) {
        if (network.isEmpty()) {
            network = Optional.of(berth.networks().create(name));
        }
        containers++;
    }

    synchronized void leave() {
        containers--;
        if (containers == 0) {
            Optional<Network> last = network;
            network = Optional.empty();
            last.ifPresent(Network::close);
        }
    }

    @Override
    public String toString() {
        return "network " + name;
    }
}
