package dev.berth.network.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.linux.netlink.IpFamily;
import dev.berth.linux.netlink.LinkKind;
import dev.berth.linux.netlink.LinkSettings;
import dev.berth.linux.netlink.NetworkNamespace;
import dev.berth.linux.netlink.Route;
import dev.berth.linux.netlink.Rtnetlink;
import dev.berth.linux.nftables.Chain;
import dev.berth.linux.nftables.Nftables;
import dev.berth.linux.nftables.Rule;
import dev.berth.linux.nftables.Table;
import dev.berth.linux.nftables.Transaction;
import dev.berth.network.Peer;
import dev.berth.network.address.HardwareAddresses;
import dev.berth.network.address.IpAddress;
import dev.berth.network.address.IpPrefix;
import dev.berth.network.bridge.BridgeOptions;
import dev.berth.network.bridge.BridgeSpec;
import dev.berth.network.bridge.Bridges;
import dev.berth.network.endpoint.EndpointSpec;
import dev.berth.network.port.HeldPort;
import dev.berth.network.port.HostPorts;
import dev.berth.network.port.PortRange;
import dev.berth.network.port.Protocol;
import dev.berth.network.proxy.UserSpaceProxy;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A host with two networks and another host beside it, all of them namespaces: web (10.1.0.2) on one network, db (10.2.0.2)
 * on another, and a neighbour (192.168.50.2) that has routes to all that the host has.
 */
@Needs(Need.ROOT)
class PacketRulesTest {
    private static final Table TABLE = new Table("berth-test");

    private final Peer host = new Peer("host");
    private final Peer neighbour = new Peer("neighbour");
    private final Peer web = new Peer("web");
    private final Peer db = new Peer("db");
    private final Bridges bridges = new Bridges(host.namespace);
    private final PacketRules rules = new PacketRules(host.namespace, TABLE);
    private final Nftables nftables = Nftables.open(host.namespace);
    private BridgeSpec front = spec("front", false, Map.of(), "10.1.0.1/24", "fd00:1::1/64");
    private final BridgeSpec back = spec("back", false, Map.of(), "10.2.0.1/24", "fd00:2::1/64");

    @BeforeEach
    void joinHosts() {
        join(host.namespace, neighbour.namespace, "lan0", 50);
        host.namespace.run(
                () -> { // a namespace begins with the machine's settings
                    write("ipv4/ip_forward", "0");
                    write("ipv6/conf/all/forwarding", "0");
                });
        for (Peer peer : List.of(web, db, neighbour)) {
            peer.serve("0.0.0.0", 80);
            peer.serve("::", 86);
            peer.serveDatagrams("0.0.0.0", 53);
        }
    }

    @AfterEach
    void close() throws Exception {
        rules.close();
        bridges.close();
        nftables.close();
        for (Peer peer : List.of(web, db, neighbour, host)) {
            peer.close();
        }
    }

    private static void write(String setting, String value) {
        try {
            Files.writeString(Path.of("/proc/sys/net", setting), value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void join(NetworkNamespace host, NetworkNamespace neighbour, String name, int subnet) {
        try (Rtnetlink here = Rtnetlink.open(host);
                Rtnetlink there = Rtnetlink.open(neighbour)) {
            here.links().create(name, new LinkKind.Veth(name, LinkSettings.NONE.in(neighbour)), LinkSettings.NONE);
            int near = here.links().get(name).index();
            int far = there.links().get(name).index();
            here.addresses()
                    .add(near, IpPrefix.of("192.168." + subnet + ".1/24").forLink());
            here.addresses().add(near, IpPrefix.of("fd00:" + subnet + "::1/64").forLink());
            there.addresses()
                    .add(far, IpPrefix.of("192.168." + subnet + ".2/24").forLink());
            there.addresses().add(far, IpPrefix.of("fd00:" + subnet + "::2/64").forLink());
            here.links().change(near, LinkSettings.NONE.up());
            there.links().change(far, LinkSettings.NONE.up());
            there.routes()
                    .add(Route.defaultVia(
                            IpAddress.of("192.168." + subnet + ".1").inet()));
            there.routes()
                    .add(Route.defaultVia(IpAddress.of("fd00:" + subnet + "::1").inet()));
        }
    }

    private static BridgeSpec spec(String name, boolean internal, Map<String, String> options, String... gateways) {
        return new BridgeSpec(
                name,
                "br-" + name,
                List.of(gateways).stream().map(IpPrefix::of).toList(),
                internal,
                BridgeOptions.parse(options));
    }

    private void start(BridgeSpec network, Peer container, int number) {
        bridges.ensure(network);
        rules.add(NetworkRules.of(network));
        List<IpPrefix> addresses = network.gateways().stream()
                .map(gateway -> new IpPrefix(gateway.first().plus(number), gateway.bits()))
                .toList();
        EndpointSpec endpoint = new EndpointSpec(
                (network.id() + number).repeat(3),
                Optional.empty(),
                addresses,
                HardwareAddresses.of(addresses.getFirst().address()),
                network.internal()
                        ? List.of()
                        : network.gateways().stream().map(IpPrefix::address).toList(),
                Map.of());
        bridges.attach(network, endpoint, container.namespace);
    }

    private static PublishedPort port(String hostAddress, int hostPort, String container, int containerPort) {
        return new PublishedPort(
                container.contains("10.2.") ? "br-back" : "br-front",
                containerPort == 53 ? Protocol.UDP : Protocol.TCP,
                IpAddress.of(hostAddress),
                hostPort,
                IpAddress.of(container),
                containerPort);
    }

    private void startBoth() {
        start(front, web, 2);
        start(back, db, 2);
    }

    @Test
    void containersReachTheWorldByTheHostsAddress() {
        startBoth();
        assertThat(web.ask("192.168.50.2", 80)).isEqualTo("neighbour 192.168.50.1");
        assertThat(web.ask("fd00:50::2", 86)).isEqualTo("neighbour fd00:50::1");
        assertThat(web.askByDatagram("192.168.50.2", 53)).isEqualTo("neighbour 192.168.50.1");
    }

    @Test
    void withoutMasqueradingTheyKeepTheirOwn() {
        front = spec("front", false, Map.of("com.docker.network.bridge.enable_ip_masquerade", "false"), "10.1.0.1/24");
        start(front, web, 2);
        assertThat(web.ask("192.168.50.2", 80)).isEqualTo("neighbour 10.1.0.2");
        rules.add(NetworkRules.of(
                spec("front", false, Map.of("com.docker.network.host_ipv4", "192.168.50.77"), "10.1.0.1/24")));
        try (Rtnetlink network = Rtnetlink.open(host.namespace)) {
            network.addresses()
                    .add(
                            network.links().get("lan0").index(),
                            IpPrefix.of("192.168.50.77/32").forLink());
        }
        assertThat(web.ask("192.168.50.2", 80)).isEqualTo("neighbour 192.168.50.77");
    }

    @Test
    void twoNetworksCannotReachEachOtherNorCanANeighbourReachWhatIsNotPublished() {
        startBoth();
        assertThat(web.askInVain("10.2.0.2", 80)).startsWith("nothing");
        assertThat(web.askInVain("fd00:2::2", 86)).startsWith("nothing");
        assertThat(neighbour.askInVain("10.1.0.2", 80)).startsWith("nothing");
        assertThat(neighbour.askInVain("fd00:1::2", 86)).startsWith("nothing");
        assertThat(host.ask("10.1.0.2", 80)).isEqualTo("web 10.1.0.1");
    }

    @Test
    void aPublishedPortIsReachedFromEverywhereAndItsContainerDirectlyFromNowhere() {
        startBoth();
        List<PublishedPort> published = List.of(
                port("0.0.0.0", 8080, "10.1.0.2", 80),
                port("::", 8086, "fd00:1::2", 86),
                port("0.0.0.0", 8053, "10.1.0.2", 53));
        rules.publish(published);
        assertThat(neighbour.ask("192.168.50.1", 8080)).isEqualTo("web 192.168.50.2");
        assertThat(neighbour.ask("fd00:50::1", 8086)).isEqualTo("web fd00:50::2");
        assertThat(neighbour.askByDatagram("192.168.50.1", 8053)).isEqualTo("web 192.168.50.2");
        assertThat(host.ask("192.168.50.1", 8080)).isEqualTo("web 192.168.50.1");
        assertThat(db.ask("192.168.50.1", 8080)).as("masqueraded").isEqualTo("web 10.1.0.1");
        assertThat(neighbour.askInVain("10.1.0.2", 80)).startsWith("nothing");
        rules.unpublish(published);
        assertThat(neighbour.ask("192.168.50.1", 8080)).contains("refused");
    }

    @Test
    void whereAddressesCannotBeTranslatedAPortIsCarried() {
        startBoth();
        HostPorts ports = new HostPorts(host.inside());
        List<IpAddress> anywhere = List.of(IpAddress.ANY_IPV4, IpAddress.ANY_IPV6);
        try (UserSpaceProxy proxy = new UserSpaceProxy(host.inside());
                HeldPort tcp = ports.take(Protocol.TCP, anywhere, PortRange.of(8080));
                HeldPort udp = ports.take(Protocol.UDP, anywhere, PortRange.of(8053))) {
            proxy.carry(tcp, List.of(IpAddress.of("10.1.0.2")), 80);
            proxy.carry(udp, List.of(IpAddress.of("10.1.0.2")), 53);
            rules.publish(List.of(port("0.0.0.0", 8080, "10.1.0.2", 80), port("0.0.0.0", 8053, "10.1.0.2", 53)));
            assertThat(web.ask("192.168.50.1", 8080)).as("its own network").isEqualTo("web 10.1.0.1");
            assertThat(web.askByDatagram("192.168.50.1", 8053)).isEqualTo("web 10.1.0.1");
            assertThat(host.ask("127.0.0.1", 8080)).as("the loopback interface").isEqualTo("web 10.1.0.1");
            assertThat(neighbour.ask("fd00:50::1", 8080)).as("the other family").isEqualTo("web 10.1.0.1");
            assertThat(neighbour.ask("192.168.50.1", 8080)).as("all others").isEqualTo("web 192.168.50.2");
        }
    }

    @Test
    void aClientThatGoesOnSendingIsHeardByWhoeverHasThePortNow() throws Exception {
        startBoth();
        List<PublishedPort> first = List.of(port("0.0.0.0", 8053, "10.1.0.2", 53));
        rules.publish(first);
        try (DatagramChannel client =
                neighbour.namespace.call(() -> DatagramChannel.open(StandardProtocolFamily.INET))) {
            client.socket().connect(IpAddress.of("192.168.50.1").inet(), 8053);
            client.socket().setSoTimeout(10_000);
            assertThat(exchange(client)).isEqualTo("web 192.168.50.2");
            rules.unpublish(first);
            rules.publish(List.of(port("0.0.0.0", 8053, "10.2.0.2", 53)));
            assertThat(exchange(client)).isEqualTo("db 192.168.50.2");
        }
    }

    @Test
    void connectionsAreForgottenWithThePortThatTheyCameByAndWithTheEndpointThatTheyWereOf() {
        startBoth();
        List<PublishedPort> first = List.of(port("0.0.0.0", 8080, "10.1.0.2", 80));
        rules.publish(first);
        rules.publish(List.of(port("0.0.0.0", 8081, "10.1.0.2", 80)));
        assertThat(neighbour.ask("192.168.50.1", 8080)).isEqualTo("web 192.168.50.2");
        assertThat(neighbour.ask("192.168.50.1", 8081)).isEqualTo("web 192.168.50.2");
        assertThat(web.ask("192.168.50.2", 80)).isEqualTo("neighbour 192.168.50.1");
        assertThat(db.ask("fd00:50::2", 86)).isEqualTo("neighbour fd00:50::1");
        assertThat(known(8080)).isEqualTo(1);
        rules.unpublish(first);
        assertThat(known(8080)).isZero();
        assertThat(known(8081)).as("the other port of the same endpoint").isEqualTo(1);
        assertThat(known(80)).isEqualTo(1);
        rules.forget(List.of(IpAddress.of("10.1.0.2"), IpAddress.of("fd00:1::2")));
        assertThat(known(8081)).isZero();
        assertThat(known(80)).isZero();
        assertThat(known(86)).as("of another endpoint").isEqualTo(1);
    }

    @Test
    void aChainOfAnothersThatDropsWhatWeForwardIsToldWithWhatToDoAboutIt() {
        Table others = new Table("others");
        startBoth();
        assertThat(rules.warnings()).isEmpty();
        Transaction drop = new Transaction(others)
                .addTable()
                .addChain(new Chain.Base("pass", Chain.Type.FILTER, Chain.Hook.FORWARD, 0, Chain.Policy.DROP));
        nftables.commit(drop);
        assertThat(web.askInVain("192.168.50.2", 80)).startsWith("nothing");
        assertThat(rules.warnings())
                .singleElement()
                .asString()
                .contains(
                        "chain inet others pass",
                        "br-front, br-back",
                        "nft insert rule inet others pass iifname br-front");
        nftables.commit(new Transaction(others)
                .addRule("pass", Rule.EMPTY.iifnameBegins("br-").accept())
                .addRule("pass", Rule.EMPTY.oifname("br-front").accept()));
        assertThat(rules.warnings()).isEmpty();
        assertThat(web.ask("192.168.50.2", 80)).isEqualTo("neighbour 192.168.50.1");
    }

    /** How many connections to a port the kernel knows. */
    private long known(int port) {
        return Stream.of(IpFamily.values())
                .flatMap(family ->
                        nftables
                                .connections()
                                .list(family, connection -> connection.to().getPort() == port)
                                .stream())
                .count();
    }

    private static String exchange(DatagramChannel client) throws IOException {
        client.write(ByteBuffer.wrap(new byte[] {'?'}));
        DatagramPacket packet = new DatagramPacket(new byte[100], 100);
        client.socket().receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }

    @Test
    void aPortIsNoWiderThanAsked() {
        startBoth();
        try (Rtnetlink network = Rtnetlink.open(host.namespace)) {
            network.addresses()
                    .add(
                            network.links().get("lan0").index(),
                            IpPrefix.of("192.168.50.7/32").forLink());
        }
        rules.publish(List.of(port("192.168.50.7", 8080, "10.1.0.2", 80), port("127.0.0.1", 8081, "10.1.0.2", 80)));
        assertThat(neighbour.ask("192.168.50.7", 8080)).isEqualTo("web 192.168.50.2");
        assertThat(neighbour.ask("192.168.50.1", 8080)).contains("refused");
        assertThat(neighbour.ask("192.168.50.1", 8081)).contains("refused");
    }

    @Test
    void aNeighbourThatRoutesTheLoopbackAddressToUsDoesNotGetThere() {
        startBoth();
        host.serve("127.0.0.1", 8081);
        host.serve("127.0.0.1", 8082);
        for (Peer peer : List.of(host, neighbour)) { // what no kernel does unless told to
            peer.namespace.run(() -> write("ipv4/conf/lan0/route_localnet", "1"));
        }
        try (Rtnetlink network = Rtnetlink.open(neighbour.namespace)) {
            int lo = network.links().get("lo").index();
            network.addresses().delete(lo, IpPrefix.of("127.0.0.1/8").forLink());
            network.routes()
                    .add(Route.via(
                            IpPrefix.of("127.0.0.1/32").forLink(),
                            IpAddress.of("192.168.50.1").inet()));
        }
        rules.publish(List.of(port("127.0.0.1", 8081, "10.1.0.2", 80)));
        assertThat(neighbour.ask("127.0.0.1", 8082)).as("the way is open").isEqualTo("host 192.168.50.2");
        assertThat(neighbour.askInVain("127.0.0.1", 8081)).startsWith("nothing");
        assertThat(host.ask("127.0.0.1", 8081)).isEqualTo("host 127.0.0.1");
    }

    @Test
    void nothingComesIntoAnInternalNetworkOrOutOfIt() {
        BridgeSpec inner = spec("front", true, Map.of(), "10.1.0.1/24");
        start(inner, web, 2);
        start(back, db, 2);
        web.namespace.run(() -> {
            try (Rtnetlink network = Rtnetlink.open()) {
                network.routes().add(Route.defaultVia(IpAddress.of("10.1.0.1").inet())); // as a container might
            }
        });
        rules.publish(List.of(port("0.0.0.0", 8080, "10.1.0.2", 80)));
        assertThat(web.askInVain("192.168.50.2", 80)).startsWith("nothing");
        assertThat(neighbour.askInVain("192.168.50.1", 8080)).startsWith("nothing");
        assertThat(host.ask("10.1.0.2", 80)).isEqualTo("web 10.1.0.1");
    }

    @Test
    void aRoutedNetworkIsReachedAtItsOwnAddressesAndPublishedPortsAlone() {
        String mode = "com.docker.network.bridge.gateway_mode_ipv";
        front = spec(
                "front", false, Map.of(mode + 4, "routed", mode + 6, "nat-unprotected"), "10.1.0.1/24", "fd00:1::1/64");
        start(front, web, 2);
        web.serve("0.0.0.0", 81);
        rules.publish(List.of(port("0.0.0.0", 80, "10.1.0.2", 80)));
        assertThat(neighbour.ask("10.1.0.2", 80)).isEqualTo("web 192.168.50.2");
        assertThat(neighbour.askInVain("10.1.0.2", 81)).startsWith("nothing");
        assertThat(neighbour.ask("fd00:1::2", 86)).isEqualTo("web fd00:50::2");
        assertThat(web.ask("192.168.50.2", 80)).isEqualTo("neighbour 10.1.0.2");
    }

    @Test
    void othersTablesAreNotTouchedAndOursGoesWithTheLastNetwork() {
        Table foreign = new Table("foreign");
        nftables.commit(new Transaction(foreign)
                .addTable()
                .addChain(new Chain.Base(
                        "input", Chain.Type.FILTER, Chain.Hook.INPUT, Chain.Base.FILTER, Chain.Policy.ACCEPT))
                .addRule("input", Rule.EMPTY.iifname("lo").counter().accept().comment("theirs")));
        List<Nftables.RuleInfo> before = nftables.rules(foreign);
        startBoth();
        rules.publish(List.of(port("0.0.0.0", 8080, "10.1.0.2", 80)));
        assertThat(nftables.tables()).contains(TABLE, foreign);
        rules.remove("br-front");
        assertThat(nftables.has(TABLE)).isTrue();
        rules.remove("br-back");
        rules.remove("br-back");
        assertThat(nftables.tables()).containsExactly(foreign);
        assertThat(nftables.rules(foreign))
                .usingRecursiveComparison()
                .ignoringFields("packets")
                .isEqualTo(before);
    }

    @Test
    void rulesThatSomebodyFlushesAreRestored() throws InterruptedException {
        startBoth();
        rules.publish(List.of(port("0.0.0.0", 8080, "10.1.0.2", 80)));
        try (Nftables other = Nftables.open(host.namespace)) {
            for (int i = 0; i < 3; i++) {
                other.commit(new Transaction(TABLE).deleteTable());
                String heard = "";
                for (int attempt = 0; attempt < 1000 && !heard.equals("web 192.168.50.2"); attempt++) {
                    Thread.sleep(5);
                    heard = neighbour.ask("192.168.50.1", 8080);
                }
                assertThat(heard).isEqualTo("web 192.168.50.2");
            }
            other.commit(new Transaction(TABLE).flushChain("forward"));
            for (int attempt = 0; attempt < 1000 && !hasRules("forward"); attempt++) {
                Thread.sleep(5);
            }
        }
        assertThat(hasRules("forward")).isTrue();
        assertThat(neighbour.askInVain("10.1.0.2", 80)).startsWith("nothing");
    }

    private boolean hasRules(String chain) {
        return nftables.rules(TABLE).stream().anyMatch(rule -> rule.chain().equals(chain));
    }

    @Test
    void whatAnEngineThatDiedHasLeftGoesOnAndIsTakenUp() {
        startBoth();
        List<PublishedPort> published = List.of(port("0.0.0.0", 8080, "10.1.0.2", 80));
        rules.publish(published);
        rules.close();
        assertThat(neighbour.ask("192.168.50.1", 8080)).isEqualTo("web 192.168.50.2");
        try (PacketRules next = new PacketRules(host.namespace, TABLE)) {
            next.restore(List.of(NetworkRules.of(front), NetworkRules.of(back)), published);
            assertThat(neighbour.ask("192.168.50.1", 8080)).isEqualTo("web 192.168.50.2");
            next.unpublish(published);
            next.remove("br-front");
            next.remove("br-back");
        }
        assertThat(nftables.has(TABLE)).isFalse();
    }

    @Test
    void aHostThatWasNoRouterForwardsNothingBetweenItsOwnInterfaces() throws IOException {
        try (Peer third = new Peer("third");
                Peer later = new Peer("later")) {
            third.serve("0.0.0.0", 80);
            later.serve("0.0.0.0", 80);
            join(host.namespace, third.namespace, "lan1", 51);
            start(front, web, 2);
            join(host.namespace, later.namespace, "tap0", 52); // another's, who knows that the host forwards
            assertThat(neighbour.askInVain("192.168.51.2", 80)).startsWith("nothing");
            assertThat(neighbour.ask("192.168.52.2", 80)).isEqualTo("later 192.168.50.2");
            assertThat(web.ask("192.168.51.2", 80)).isEqualTo("third 192.168.51.1");
            rules.close();
            try (PacketRules next = new PacketRules(host.namespace, TABLE)) {
                next.restore(List.of(NetworkRules.of(front)), List.of());
                assertThat(neighbour.askInVain("192.168.51.2", 80)).startsWith("nothing");
                assertThat(neighbour.ask("192.168.52.2", 80)).isEqualTo("later 192.168.50.2");
            }
        }
    }

    @Test
    void whatTheKernelRefusesChangesNothing() {
        startBoth();
        PublishedPort good = port("0.0.0.0", 8080, "10.1.0.2", 80);
        PublishedPort twice = port("0.0.0.0", 8080, "10.1.0.3", 80);
        rules.publish(List.of(good));
        assertThatThrownBy(() -> rules.publish(List.of(port("0.0.0.0", 9090, "10.1.0.2", 80), twice)))
                .hasMessageStartingWith("publish ports: ");
        assertThat(neighbour.ask("192.168.50.1", 8080)).isEqualTo("web 192.168.50.2");
        assertThat(neighbour.ask("192.168.50.1", 9090)).contains("refused");
        rules.publish(List.of(port("0.0.0.0", 9090, "10.1.0.2", 80)));
        assertThat(neighbour.ask("192.168.50.1", 9090)).isEqualTo("web 192.168.50.2");
    }
}
