package dev.berth.engine.network;

import dev.berth.network.address.IpPrefix;
import dev.berth.network.bridge.BridgeOptions;
import dev.berth.network.bridge.BridgeSpec;
import dev.berth.network.host.HostNetwork;
import dev.berth.network.host.NetworkSandbox;
import dev.berth.network.host.NetworkSandbox.Wish;
import dev.berth.network.vlan.VlanSpec;
import java.util.List;
import java.util.Optional;

/** What a network is in the kernel. */
sealed interface Segment {
    /** Makes it, or finds it there. */
    void create(HostNetwork host);

    /** Removes it. Idempotent. */
    void remove(HostNetwork host);

    /** The interface of the host's that is made for it; none where it is on one that the host has. */
    Optional<String> made();

    /** Whether endpoints reach all else over their link alone, without a gateway. */
    boolean isRouted();

    /** Attaches a container; gives the interface's name in it. */
    String attach(NetworkSandbox sandbox, Wish wish);

    /** Takes up an endpoint that is attached. */
    void takeUp(NetworkSandbox sandbox, Wish wish, String interfaceName);

    /**
     * Reads what a network is to be.
     *
     * @param gateways its own addresses
     * @throws dev.berth.network.NetworkException INVALID, naming the option
     */
    static Segment of(NetworkRecord record, List<IpPrefix> gateways) {
        if (isVlan(record.driver())) {
            return new Vlan(VlanSpec.parse(record.id(), record.driver(), record.internal(), record.options()));
        }
        BridgeOptions options = BridgeOptions.parse(record.options());
        return new Bridge(new BridgeSpec(
                record.id(), BridgeSpec.interfaceName(record.id(), options), gateways, record.internal(), options));
    }

    /** Whether a driver's networks are on an interface of the host's. */
    static boolean isVlan(String driver) {
        return driver.equals("macvlan") || driver.equals("ipvlan");
    }

    /** A bridge of its own. */
    record Bridge(BridgeSpec spec) implements Segment {
        @Override
        public void create(HostNetwork host) {
            host.create(spec);
        }

        @Override
        public void remove(HostNetwork host) {
            host.remove(spec);
        }

        @Override
        public Optional<String> made() {
            return Optional.of(spec.interfaceName());
        }

        @Override
        public boolean isRouted() {
            return false;
        }

        @Override
        public String attach(NetworkSandbox sandbox, Wish wish) {
            return sandbox.attach(spec, wish);
        }

        @Override
        public void takeUp(NetworkSandbox sandbox, Wish wish, String interfaceName) {
            sandbox.takeUp(wish, interfaceName);
        }
    }

    /** An interface of the host's that containers share. */
    record Vlan(VlanSpec spec) implements Segment {
        @Override
        public void create(HostNetwork host) {
            host.create(spec);
        }

        @Override
        public void remove(HostNetwork host) {
            host.remove(spec);
        }

        @Override
        public Optional<String> made() {
            return spec.made();
        }

        @Override
        public boolean isRouted() {
            return spec.isRouted();
        }

        @Override
        public String attach(NetworkSandbox sandbox, Wish wish) {
            return sandbox.attach(spec, wish);
        }

        @Override
        public void takeUp(NetworkSandbox sandbox, Wish wish, String interfaceName) {
            sandbox.takeUpVlan(wish, interfaceName);
        }
    }
}
