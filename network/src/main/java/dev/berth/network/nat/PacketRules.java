package dev.berth.network.nat;

import dev.berth.linux.LinuxException;
import dev.berth.linux.netlink.Link;
import dev.berth.linux.netlink.NetworkNamespace;
import dev.berth.linux.netlink.Rtnetlink;
import dev.berth.linux.nftables.Connection;
import dev.berth.linux.nftables.ForwardDrop;
import dev.berth.linux.nftables.Nftables;
import dev.berth.linux.nftables.RulesetMonitor;
import dev.berth.linux.nftables.Table;
import dev.berth.linux.nftables.Transaction;
import dev.berth.network.NetworkException;
import dev.berth.network.address.Family;
import dev.berth.network.address.IpAddress;
import dev.berth.network.port.Protocol;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * One engine's table of nftables, which no other rule of the host is touched for. There is one as long as there are networks;
 * where others remove it, or part of it, it is made again. Its content survives the engine, so that connections go on
 * without one. Safe for use by many threads.
 */
public final class PacketRules implements AutoCloseable {
    private static final int UDP = dev.berth.linux.nftables.Protocol.UDP.number();

    private final NetworkNamespace host;
    private final Table table;
    private final Nftables nftables;
    private final Map<String, NetworkRules> networks = new LinkedHashMap<>();
    private final Set<PublishedPort> ports = new LinkedHashSet<>();
    /** Interfaces that the host had when it was made to forward for us: between them it goes on to forward nothing. */
    private final Set<String> uplinks = new LinkedHashSet<>();

    private Optional<Ruleset> committed = Optional.empty();
    private Optional<RulesetMonitor> monitor = Optional.empty();

    /**
     * @param host where packets pass; it stays the caller's, and must stay open
     * @param table which no other engine of the host has
     */
    public PacketRules(NetworkNamespace host, Table table) {
        this.host = host;
        this.table = table;
        nftables = Nftables.open(host);
    }

    /**
     * Takes up what an earlier engine has left: the table is made anew for these, in one step.
     *
     * @throws NetworkException FAILED where the kernel refuses
     */
    public synchronized void restore(Collection<NetworkRules> allNetworks, Collection<PublishedPort> allPorts) {
        change("restore the rules of all networks", () -> {
            networks.clear();
            ports.clear();
            allNetworks.forEach(network -> networks.put(network.bridge(), network));
            ports.addAll(allPorts);
        });
        tell(allNetworks);
    }

    /** Lets a network's packets through as its rules say; another's of the same bridge are replaced. */
    public synchronized void add(NetworkRules network) {
        change("set the rules of network " + network.bridge(), () -> networks.put(network.bridge(), network));
        tell(List.of(network));
    }

    /** Has the log say what hinders these networks. */
    private void tell(Collection<NetworkRules> some) {
        System.Logger logger = System.getLogger(PacketRules.class.getName());
        try {
            warnings(some).forEach(text -> logger.log(System.Logger.Level.WARNING, text));
        } catch (NetworkException e) {
            logger.log(System.Logger.Level.WARNING, e.getMessage());
        }
    }

    /** Takes a network's rules away, with its ports; the table goes with the last network. Idempotent. */
    public synchronized void remove(String bridge) {
        change("remove the rules of network " + bridge, () -> {
            networks.remove(bridge);
            ports.removeIf(port -> port.bridge().equals(bridge));
        });
    }

    /** Leads ports of the host to endpoints of networks that have been added. All of them, or none. */
    public synchronized void publish(List<PublishedPort> more) {
        change("publish ports", () -> ports.addAll(more));
        Set<Integer> datagrams = datagramPorts(more);
        if (!datagrams.isEmpty()) {
            forget("to ports " + datagrams, connection -> isDatagramTo(datagrams, connection));
        }
    }

    /** No longer leads them, nor what came by them before. Idempotent. */
    public void unpublish(List<PublishedPort> gone) {
        withdraw(gone, List.of());
    }

    /** Forgets the connections of endpoints that have left: whoever has their addresses next has none of them. */
    public void forget(Collection<IpAddress> endpoints) {
        withdraw(List.of(), endpoints);
    }

    /** Both at once: the kernel's table of connections is walked through once. */
    public synchronized void withdraw(List<PublishedPort> gone, Collection<IpAddress> endpoints) {
        if (!gone.isEmpty()) {
            change("unpublish ports", () -> gone.forEach(ports::remove));
        }
        Set<Integer> datagrams = datagramPorts(gone);
        Set<InetAddress> addresses = endpoints.stream().map(IpAddress::inet).collect(Collectors.toUnmodifiableSet());
        if (!gone.isEmpty() || !addresses.isEmpty()) {
            forget(
                    gone.isEmpty() ? "of " + endpoints : "to ports that are published no longer",
                    connection -> addresses.contains(connection.from().getAddress())
                            || addresses.contains(connection.answerFrom().getAddress())
                            || isDatagramTo(datagrams, connection)
                            || gone.stream().anyMatch(port -> isBy(port, connection)));
        }
    }

    private static Set<Integer> datagramPorts(List<PublishedPort> changed) {
        return changed.stream()
                .filter(port -> port.protocol() == Protocol.UDP)
                .map(PublishedPort::hostPort)
                .collect(Collectors.toSet());
    }

    /**
     * Clients that go on sending datagrams are to meet the rules that there are now: the kernel takes them for the connection
     * that it knows, to a container that may be gone, or to a socket of the host.
     */
    private static boolean isDatagramTo(Set<Integer> hostPorts, Connection connection) {
        return connection.protocol() == UDP
                && hostPorts.contains(connection.to().getPort());
    }

    /** Whether a connection was translated by a port's rule. */
    private static boolean isBy(PublishedPort port, Connection connection) {
        InetSocketAddress container =
                new InetSocketAddress(port.containerAddress().inet(), port.containerPort());
        return connection.protocol() == Ruleset.protocol(port).number()
                && connection.to().getPort() == port.hostPort()
                && connection.answerFrom().equals(container);
    }

    private void forget(String which, Predicate<Connection> meant) {
        try {
            nftables.connections().forget(meant);
        } catch (LinuxException e) {
            // They end by themselves when nothing is heard of them for a while.
            System.getLogger(PacketRules.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "connections {0} are not forgotten yet, and may go astray: {1}",
                            which,
                            e.getMessage());
        }
    }

    private void change(String doing, Runnable edit) {
        Map<String, NetworkRules> networksBefore = new LinkedHashMap<>(networks);
        Set<PublishedPort> portsBefore = new LinkedHashSet<>(ports);
        edit.run();
        try {
            if (networks.isEmpty()) {
                delete();
            } else {
                forward();
                commit();
                watch();
            }
        } catch (LinuxException | NetworkException e) {
            networks.clear();
            networks.putAll(networksBefore);
            ports.clear();
            ports.addAll(portsBefore);
            throw NetworkException.failed(doing + ": " + e.getMessage(), e);
        }
    }

    /** What hinders the networks' containers, and what to do about it, in a sentence each; none where all is well. */
    public List<String> warnings() {
        List<NetworkRules> all;
        synchronized (this) {
            all = List.copyOf(networks.values());
        }
        return warnings(all);
    }

    private List<String> warnings(Collection<NetworkRules> some) {
        List<String> bridges = some.stream()
                .filter(network -> !network.internal())
                .map(NetworkRules::bridge)
                .toList();
        return bridges.isEmpty() ? List.of() : obstacles(bridges);
    }

    private List<String> obstacles(List<String> bridges) {
        List<ForwardDrop> chains;
        try {
            chains = nftables.forwardDrops();
        } catch (LinuxException e) {
            throw NetworkException.failed("look for others' rules that drop what is forwarded: " + e.getMessage(), e);
        }
        return chains.stream()
                .map(chain -> new ForwardObstacle(
                        chain,
                        bridges.stream().filter(bridge -> !chain.names(bridge)).toList()))
                .filter(obstacle -> !obstacle.bridges().isEmpty())
                .map(ForwardObstacle::toString)
                .toList();
    }

    private void forward() {
        if (committed.isEmpty()) {
            nftables.elements(table, Ruleset.UPLINKS.name())
                    .forEach(element ->
                            uplinks.add(new String(element.key(), StandardCharsets.UTF_8).replace("\0", "")));
        }
        for (Family family : Family.values()) {
            boolean needed = networks.values().stream().anyMatch(network -> !network.internal() && network.has(family));
            if (needed && Forwarding.enable(host::run, family)) {
                uplinks.addAll(interfaces());
            }
        }
        uplinks.removeAll(networks.keySet());
    }

    private List<String> interfaces() {
        try (Rtnetlink network = Rtnetlink.open(host)) {
            return network.links().list().stream()
                    .filter(link -> !link.isLoopback())
                    .map(Link::name)
                    .toList();
        }
    }

    private void commit() {
        Ruleset wanted = Ruleset.of(networks.values(), ports, uplinks);
        if (committed.isPresent()) {
            try {
                nftables.commit(wanted.since(committed.get(), table));
                committed = Optional.of(wanted);
                return;
            } catch (LinuxException e) {
                // The table is not as we left it: somebody has changed it, and we have not been told yet.
                committed = Optional.empty();
            }
        }
        nftables.commit(wanted.whole(table));
        committed = Optional.of(wanted);
    }

    private void watch() {
        if (monitor.isEmpty()) {
            monitor = Optional.of(RulesetMonitor.start(host, nftables, table, this::restored));
        }
    }

    /** On the monitor's thread. */
    private synchronized void restored(RulesetMonitor.Removal removal) {
        if (networks.isEmpty() || monitor.isEmpty()) {
            return;
        }
        System.Logger logger = System.getLogger(PacketRules.class.getName());
        String who = removal.by().isEmpty() ? "somebody" : removal.by();
        try {
            committed = Optional.empty();
            commit();
            logger.log(
                    System.Logger.Level.WARNING, "nftables table {0}: {1} removed rules of it; restored", table, who);
        } catch (LinuxException e) {
            logger.log(
                    System.Logger.Level.ERROR,
                    "nftables table " + table + ": " + who + " removed rules of it, and they cannot be restored",
                    e);
        }
    }

    private void delete() {
        Optional<RulesetMonitor> watching = monitor;
        monitor = Optional.empty();
        nftables.commit(new Transaction(table).addTable().deleteTable());
        committed = Optional.empty();
        uplinks.clear();
        // Not waited for in here: its thread may be waiting for us.
        watching.ifPresent(ending -> Thread.ofVirtual().start(ending::close));
    }

    /** No longer watches. The rules stay, for connections and for the next engine. */
    @Override
    public void close() {
        Optional<RulesetMonitor> watching;
        synchronized (this) {
            watching = monitor;
            monitor = Optional.empty();
        }
        watching.ifPresent(RulesetMonitor::close);
        nftables.close();
    }
}
