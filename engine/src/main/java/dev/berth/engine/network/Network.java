package dev.berth.engine.network;

import dev.berth.engine.config.NetworkConfig.Pool;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.state.StateFile;
import dev.berth.network.address.Family;
import dev.berth.network.address.IpAddress;
import dev.berth.network.address.IpPrefix;
import dev.berth.network.bridge.BridgeSpec;
import dev.berth.network.dns.Zone;
import dev.berth.network.ipam.Subnet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A network and who is on it now. What changes is guarded by its own monitor. */
final class Network {
    private final NetworkRecord record;
    private final Optional<StateFile> file;
    private final List<Subnet> subnets;
    private final Zone zone;
    private final Map<String, NetworkInspection.Member> members = new LinkedHashMap<>();
    private boolean removed;
    private boolean up;

    /**
     * @param file where its record is; the predefined ones that never change have none
     * @param subnets its own, until {@link Networks} gives them back
     */
    Network(NetworkRecord record, Optional<StateFile> file, List<Subnet> subnets) {
        this.record = record;
        this.file = file;
        this.subnets = List.copyOf(subnets);
        this.zone = new Zone(record.name());
    }

    NetworkRecord record() {
        return record;
    }

    String id() {
        return record.id();
    }

    String name() {
        return record.name();
    }

    Optional<StateFile> file() {
        return file;
    }

    List<Subnet> subnets() {
        return subnets;
    }

    List<Subnet> subnets(Family family) {
        return subnets.stream()
                .filter(subnet -> subnet.prefix().family() == family)
                .toList();
    }

    Zone zone() {
        return zone;
    }

    /** Whether containers have interfaces in it. */
    boolean isJoinable() {
        return record.driver().equals(Networks.BRIDGE) || Segment.isVlan(record.driver());
    }

    /** The bridge that containers find nobody by name on. */
    boolean isDefault() {
        return record.name().equals(Networks.BRIDGE);
    }

    /**
     * What it is in the kernel.
     *
     * @throws dev.berth.network.NetworkException INVALID for options that make no sense
     */
    Segment segment() {
        List<IpPrefix> gateways = subnets.stream()
                .flatMap(subnet -> subnet.gateway().stream()
                        .map(gateway -> new IpPrefix(gateway, subnet.prefix().bits())))
                .collect(Collectors.toMap(IpPrefix::family, one -> one, (first, other) -> first, LinkedHashMap::new))
                .values()
                .stream()
                .toList();
        return Segment.of(record, gateways);
    }

    /** Its bridge; none where its containers are on an interface of the host's. */
    Optional<BridgeSpec> bridge() {
        return segment() instanceof Segment.Bridge(BridgeSpec spec) ? Optional.of(spec) : Optional.empty();
    }

    /** The network's own address of a family, by which what is not on it is reached. */
    Optional<IpAddress> gateway(Family family) {
        return subnets(family).stream()
                .flatMap(subnet -> subnet.gateway().stream())
                .findFirst();
    }

    /** Does what makes its bridge, unless it is there. */
    synchronized void ensureUp(Runnable make) {
        requireThere();
        if (!up) {
            make.run();
            up = true;
        }
    }

    /** Does what removes its bridge, if nobody is on it. */
    synchronized void takeDown(Runnable remove) {
        if (members.isEmpty() && up) {
            remove.run();
            up = false;
        }
    }

    /** Its bridge is there, which another engine has made. */
    synchronized void foundUp() {
        up = true;
    }

    /** A container is on it, or has another name on it now. */
    synchronized void add(NetworkInspection.Member member) {
        requireThere();
        members.put(member.endpoint().id(), member);
    }

    /** An endpoint is gone: nobody finds it by name any more, and its addresses can be another's. */
    void forget(Endpoint endpoint) {
        zone.remove(endpoint.id());
        synchronized (this) {
            members.remove(endpoint.id());
        }
        Endpoints.release(this, endpoint);
    }

    synchronized List<NetworkInspection.Member> members() {
        return List.copyOf(members.values());
    }

    /** From now on nobody can be on it. */
    synchronized void beginRemoval() {
        requireThere();
        if (!members.isEmpty()) {
            String who = members.values().stream()
                    .map(member -> "name:\"" + member.containerName() + "\" id:\""
                            + member.endpoint().id().substring(0, 12) + "\"")
                    .collect(Collectors.joining(", "));
            throw new EngineException(
                    EngineException.Kind.FORBIDDEN,
                    "error while removing network: network " + record.name() + " has active endpoints (" + who + ")");
        }
        removed = true;
    }

    private void requireThere() {
        if (removed) {
            throw EngineException.notFound("network " + record.name() + " not found");
        }
    }

    NetworkInspection inspection() {
        return new NetworkInspection(record, members());
    }

    /** A subnet as a record has it. */
    static Pool pool(Subnet subnet) {
        return new Pool(
                subnet.prefix().toString(),
                subnet.range().equals(subnet.prefix()) ? "" : subnet.range().toString(),
                subnet.gateway().map(IpAddress::toString).orElse(""),
                subnet.auxiliary().entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, one -> one.getValue().toString())));
    }

    @Override
    public String toString() {
        return "network " + record.name();
    }
}
