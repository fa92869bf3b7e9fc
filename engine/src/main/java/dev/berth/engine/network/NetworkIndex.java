package dev.berth.engine.network;

import dev.berth.engine.error.EngineException;
import dev.berth.engine.state.Ids;
import dev.berth.engine.state.StateFile;
import dev.berth.network.NetworkException;
import dev.berth.network.address.IpPrefix;
import dev.berth.network.host.HostNetwork;
import dev.berth.network.ipam.AddressPlan;
import dev.berth.network.ipam.DefaultPool;
import dev.berth.network.ipam.Subnet;
import dev.berth.network.ipam.SubnetRequest;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Which networks there are, with the subnets that they have and their records on the disk: the three that Docker has from the
 * start, and those that were made. Safe for use by many threads.
 */
final class NetworkIndex {
    private static final Path USUAL_DATA_ROOT = Path.of("/var/lib/berth");

    private final String engineId;
    private final NetworkRecords records;
    private final System.Logger log;
    private final Lazy<HostNetwork> host;
    private final AddressPlan addresses;
    private final String defaultBridge;
    private final Map<String, Network> byId = new LinkedHashMap<>(); // guarded by this

    /** @param host asked for the host's own networks, when a subnet is to be chosen */
    NetworkIndex(Path dataRoot, String engineId, Lazy<HostNetwork> host, Jsonb jsonb, System.Logger log) {
        this.engineId = engineId;
        this.records = new NetworkRecords(dataRoot, jsonb, log);
        this.log = log;
        this.host = host;
        this.addresses = new AddressPlan(DefaultPool.docker(engineId));
        // Two engines of one host cannot have a bridge of the same name.
        this.defaultBridge = dataRoot.equals(USUAL_DATA_ROOT) ? "berth0" : "";
    }

    /** Reads those that there are. */
    void read() throws IOException {
        for (String name : List.of(Networks.HOST, Networks.NONE)) {
            put(new Network(
                    predefined(idOf(engineId, name), name, name.equals(Networks.NONE) ? "null" : name, Map.of()),
                    Optional.empty(),
                    List.of()));
        }
        records.readAll((record, file) -> put(new Network(record, Optional.of(file), subnets(record))));
    }

    static boolean isPredefined(String name) {
        return Set.of(Networks.BRIDGE, Networks.HOST, Networks.NONE).contains(name);
    }

    /** Of a network that is the same in all data roots, and yet another one in each. */
    private static String idOf(String engineId, String name) {
        byte[] text = (engineId + " " + name).getBytes(StandardCharsets.US_ASCII);
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static NetworkRecord predefined(String id, String name, String driver, Map<String, String> options) {
        return new NetworkRecord(
                id, name, Instant.now(), driver, true, false, false, false, Map.of(), List.of(), options, Map.of());
    }

    private synchronized void put(Network network) {
        byId.put(network.id(), network);
    }

    private List<Subnet> subnets(NetworkRecord record) {
        return request(PoolRequests.of(record.pools(), false, false));
    }

    /** All of them or none. */
    private List<Subnet> request(List<SubnetRequest> requests) {
        List<IpPrefix> avoid = requests.stream().allMatch(one -> one.subnet().isPresent())
                ? List.of()
                : host.get().hostNetworks();
        List<Subnet> taken = new ArrayList<>();
        try {
            for (SubnetRequest request : requests) {
                taken.add(addresses.request(request, avoid));
            }
            return List.copyOf(taken);
        } catch (RuntimeException e) {
            taken.forEach(addresses::release);
            throw e;
        }
    }

    synchronized List<Network> all() {
        return List.copyOf(byId.values());
    }

    /** By its name, its ID, or the start of that. */
    synchronized Network find(String nameOrId) {
        Network withId = byId.get(nameOrId);
        if (withId != null) {
            return withId;
        }
        for (Network network : byId.values()) {
            if (network.name().equals(nameOrId)) {
                return network;
            }
        }
        if (nameOrId.equals(Networks.BRIDGE)) {
            return makeDefault();
        }
        List<Network> starting = nameOrId.isEmpty()
                ? List.of()
                : byId.values().stream()
                        .filter(network -> network.id().startsWith(nameOrId))
                        .toList();
        if (starting.size() > 1) {
            throw EngineException.invalid(
                    "network " + nameOrId + " is ambiguous (" + starting.size() + " matches found on ID prefix)");
        }
        return starting.stream()
                .findFirst()
                .orElseThrow(() -> EngineException.notFound("network " + nameOrId + " not found"));
    }

    private Network makeDefault() {
        Map<String, String> options = new HashMap<>(Map.of("com.docker.network.bridge.default_bridge", "true"));
        if (!defaultBridge.isEmpty()) {
            options.put("com.docker.network.bridge.name", defaultBridge);
        }
        return make(
                predefined(Ids.random(), Networks.BRIDGE, Networks.BRIDGE, options),
                PoolRequests.of(List.of(), true, false));
    }

    /** The network of an endpoint that another engine has written down, if it is still there. */
    synchronized Optional<Network> network(Endpoint endpoint) {
        return Optional.ofNullable(byId.get(endpoint.networkId()));
    }

    /**
     * Adds a network, with a subnet that is free for each that it asks for, and writes it down.
     *
     * @param requests of its subnets
     * @throws EngineException CONFLICT where the name is taken, FORBIDDEN where a subnet is another's, INVALID
     */
    synchronized Network add(NetworkRecord asked, Supplier<List<SubnetRequest>> requests) {
        if (byId.values().stream().anyMatch(other -> other.name().equals(asked.name()))) {
            throw EngineException.conflict("network with name " + asked.name() + " already exists");
        }
        requireOwnParent(asked);
        find(Networks.BRIDGE); // which has the first of the usual subnets, whoever is made first
        return make(asked, NetworkFailures.translating("create network " + asked.name(), requests));
    }

    /** Two networks on one interface would be one. */
    private void requireOwnParent(NetworkRecord record) {
        String parent = record.options().getOrDefault("parent", "");
        if (!Segment.isVlan(record.driver()) || record.internal() || parent.isEmpty()) {
            return;
        }
        for (Network other : byId.values()) {
            if (other.record().driver().equals(record.driver())
                    && parent.equals(other.record().options().get("parent"))) {
                throw new EngineException(
                        EngineException.Kind.FAILED,
                        "network dm-" + other.id().substring(0, 12) + " is already using parent interface " + parent);
            }
        }
    }

    /** Chooses its addresses and writes it down. */
    private Network make(NetworkRecord asked, List<SubnetRequest> requests) {
        List<Subnet> subnets = NetworkFailures.translating("create network " + asked.name(), () -> request(requests));
        NetworkRecord record = asked.with(subnets.stream().map(Network::pool).toList());
        try {
            StateFile file = records.write(record);
            Network network = new Network(record, Optional.of(file), subnets);
            network.segment(); // whose options are checked with that
            put(network);
            return network;
        } catch (IOException | NetworkException e) {
            subnets.forEach(addresses::release);
            try {
                records.delete(record.id());
            } catch (IOException left) {
                e.addSuppressed(left);
            }
            throw e instanceof NetworkException refused
                    ? NetworkFailures.translate(refused)
                    : EngineException.failed("create network " + record.name() + ": " + e.getMessage(), e);
        }
    }

    /** Forgets a network, whose subnets can be others' then. */
    synchronized void forget(Network network) {
        byId.remove(network.id());
        network.subnets().forEach(addresses::release);
        try {
            if (network.file().isPresent()) {
                network.file().get().delete();
            }
            records.delete(network.id());
        } catch (IOException e) {
            log.log(Level.WARNING, "removing the record of " + network + " failed: " + e.getMessage());
        }
    }
}
