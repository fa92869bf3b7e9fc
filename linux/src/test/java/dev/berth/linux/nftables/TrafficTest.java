package dev.berth.linux.nftables;

import static dev.berth.linux.nftables.Protocol.TCP;
import static dev.berth.linux.nftables.Protocol.UDP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.linux.netlink.InterfaceSysctl;
import dev.berth.linux.netlink.IpFamily;
import dev.berth.linux.netlink.IpPrefix;
import dev.berth.linux.netlink.LinkKind.Bridge;
import dev.berth.linux.netlink.LinkKind.Veth;
import dev.berth.linux.netlink.LinkSettings;
import dev.berth.linux.netlink.LinkStatistics;
import dev.berth.linux.netlink.NetworkNamespace;
import dev.berth.linux.netlink.Route;
import dev.berth.linux.netlink.Rtnetlink;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Real traffic between three namespaces: a container on the host's bridge, the host, and a machine outside, which knows no
 * way to the container. All three speak both families.
 */
@Needs(Need.ROOT)
class TrafficTest {
    private static final Table TABLE = new Table("berth");
    private static final int PORT = 8080;
    private static final int PUBLISHED = 80;
    private static final int PATIENCE_MILLIS = 10_000;

    private static final InetAddress CONTAINER4 = ip("172.20.0.2");
    private static final InetAddress CONTAINER6 = ip("fd00:20::2");
    private static final InetAddress HOST4 = ip("192.0.2.1");
    private static final InetAddress HOST6 = ip("2001:db8::1");
    private static final InetAddress OUTSIDE4 = ip("192.0.2.2");
    private static final InetAddress OUTSIDE6 = ip("2001:db8::2");

    private NetworkNamespace host;
    private NetworkNamespace container;
    private NetworkNamespace outside;
    private Nftables nft;

    @BeforeEach
    void joinThem() {
        host = NetworkNamespace.create();
        container = NetworkNamespace.create();
        outside = NetworkNamespace.create();
        nft = Nftables.open(host);
        host.run(() -> {
            InterfaceSysctl.IPV4_FORWARDING.write("all", 1);
            InterfaceSysctl.IPV6_FORWARDING.write("all", 1);
            InterfaceSysctl.ACCEPT_DAD.write("default", 0);
        });
        try (Rtnetlink net = Rtnetlink.open(host)) {
            net.links().create("br0", new Bridge(Optional.empty(), true), LinkSettings.NONE.up());
            int bridge = net.links().get("br0").index();
            net.addresses().add(bridge, IpPrefix.parse("172.20.0.1/24"));
            net.addresses().add(bridge, IpPrefix.parse("fd00:20::1/64"));
            net.links()
                    .create(
                            "veth0",
                            new Veth("eth0", LinkSettings.NONE.in(container)),
                            LinkSettings.NONE.master(bridge).up());
            net.links().create("wan0", new Veth("eth0", LinkSettings.NONE.in(outside)), LinkSettings.NONE.up());
            int wan = net.links().get("wan0").index();
            net.addresses().add(wan, new IpPrefix(HOST4, 24));
            net.addresses().add(wan, new IpPrefix(HOST6, 64));
        }
        setUp(container, new IpPrefix(CONTAINER4, 24), new IpPrefix(CONTAINER6, 64));
        setUp(outside, new IpPrefix(OUTSIDE4, 24), new IpPrefix(OUTSIDE6, 64));
        try (Rtnetlink net = Rtnetlink.open(container)) {
            net.routes().add(Route.defaultVia(ip("172.20.0.1")));
            net.routes().add(Route.defaultVia(ip("fd00:20::1")));
        }
    }

    private static void setUp(NetworkNamespace namespace, IpPrefix... addresses) {
        try (Rtnetlink net = Rtnetlink.open(namespace)) {
            net.links().change(net.links().get("lo").index(), LinkSettings.NONE.up());
            int link = net.links().get("eth0").index();
            net.links().change(link, LinkSettings.NONE.up());
            for (IpPrefix address : addresses) {
                net.addresses().add(link, address);
            }
        }
    }

    @AfterEach
    void endThem() {
        nft.close();
        outside.close();
        container.close();
        host.close();
    }

    @Test
    void aPublishedPortLeadsIntoTheContainer() throws Exception {
        NamedSet four = NamedSet.map(
                "ports4",
                List.of(DataType.INET_PROTO, DataType.IPV4_ADDR, DataType.INET_SERVICE),
                List.of(DataType.IPV4_ADDR, DataType.INET_SERVICE));
        NamedSet six = NamedSet.map(
                "ports6",
                List.of(DataType.INET_PROTO, DataType.IPV6_ADDR, DataType.INET_SERVICE),
                List.of(DataType.IPV6_ADDR, DataType.INET_SERVICE));
        nft.commit(new Transaction(TABLE)
                .addTable()
                .addSet(four)
                .addSet(six)
                .addChain(nat("pre", Chain.Hook.PREROUTING, Chain.Base.DSTNAT))
                .addRule("pre", Rule.EMPTY.dnat(four, Field.L4PROTO, Field.IP_DADDR, Field.DPORT))
                .addRule("pre", Rule.EMPTY.dnat(six, Field.L4PROTO, Field.IP6_DADDR, Field.DPORT))
                .addElements(four, List.of(published(TCP, HOST4, CONTAINER4), published(UDP, HOST4, CONTAINER4)))
                .addElements(six, List.of(published(TCP, HOST6, CONTAINER6), published(UDP, HOST6, CONTAINER6))));
        assertThat(answerOverTcp(container, outside, HOST4, PUBLISHED)).isEqualTo(OUTSIDE4);
        assertThat(answerOverTcp(container, outside, HOST6, PUBLISHED)).isEqualTo(OUTSIDE6);
        assertThat(answerOverUdp(container, outside, HOST4, PUBLISHED)).isEqualTo(OUTSIDE4);
        assertThat(answerOverUdp(container, outside, HOST6, PUBLISHED)).isEqualTo(OUTSIDE6);

        nft.commit(new Transaction(TABLE).deleteElements(four, List.of(published(TCP, HOST4, CONTAINER4))));
        assertThatThrownBy(() -> answerOverTcp(container, outside, HOST4, PUBLISHED))
                .hasMessageContaining("Connection refused");
    }

    @Test
    void aRuleForOnePortTranslatesTheSame() throws Exception {
        nft.commit(new Transaction(TABLE)
                .addTable()
                .addChain(nat("pre", Chain.Hook.PREROUTING, Chain.Base.DSTNAT))
                .addRule(
                        "pre",
                        Rule.EMPTY
                                .toLocalAddress()
                                .daddr(IpPrefix.host(HOST4))
                                .dport(TCP, 81)
                                .dnat(CONTAINER4, PORT))
                .addRule(
                        "pre",
                        Rule.EMPTY.daddr(IpPrefix.host(HOST6)).dport(TCP, 81).dnat(CONTAINER6, PORT)));
        assertThat(answerOverTcp(container, outside, HOST4, 81)).isEqualTo(OUTSIDE4);
        assertThat(answerOverTcp(container, outside, HOST6, 81)).isEqualTo(OUTSIDE6);
    }

    /** As a client that sends on, while a container goes and another comes in its place. */
    @Test
    void aConnectionGoesWhereItWentUntilItIsForgotten() throws Exception {
        nft.commit(published(CONTAINER4, PORT));
        try (DatagramSocket first = container.call(() -> new DatagramSocket(PORT));
                DatagramSocket second = container.call(() -> new DatagramSocket(PORT + 1));
                DatagramSocket client = outside.call(() -> new DatagramSocket())) {
            first.setSoTimeout(PATIENCE_MILLIS);
            second.setSoTimeout(PATIENCE_MILLIS);
            client.connect(HOST4, PUBLISHED);
            send(client, "one");
            assertThat(receive(first)).isEqualTo("one");

            nft.commit(new Transaction(TABLE).addTable().deleteTable());
            nft.commit(published(CONTAINER4, PORT + 1));
            send(client, "two");
            assertThat(receive(first)).isEqualTo("two");

            Predicate<Connection> intoTheContainer = connection -> connection.protocol() == UDP.number()
                    && connection.answerFrom().getAddress().equals(CONTAINER4);
            assertThat(nft.connections().list(IpFamily.IPV4, intoTheContainer))
                    .containsExactly(new Connection(
                            UDP.number(),
                            new InetSocketAddress(OUTSIDE4, client.getLocalPort()),
                            new InetSocketAddress(HOST4, PUBLISHED),
                            new InetSocketAddress(CONTAINER4, PORT),
                            new InetSocketAddress(OUTSIDE4, client.getLocalPort())));
            assertThat(nft.connections().forget(_ -> false)).isZero();
            assertThat(nft.connections().forget(intoTheContainer)).isEqualTo(1);
            send(client, "three");
            assertThat(receive(second)).isEqualTo("three");
        }
    }

    private static Transaction published(InetAddress address, int port) {
        return new Transaction(TABLE)
                .addTable()
                .addChain(nat("pre", Chain.Hook.PREROUTING, Chain.Base.DSTNAT))
                .addRule("pre", Rule.EMPTY.dport(UDP, PUBLISHED).dnat(address, port));
    }

    private static void send(DatagramSocket socket, String text) throws IOException {
        socket.send(new DatagramPacket(text.getBytes(StandardCharsets.US_ASCII), text.length()));
    }

    private static String receive(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[16], 16);
        socket.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII);
    }

    @Test
    void whatAnInterfaceReceivesIsCounted() throws Exception {
        try (Rtnetlink net = Rtnetlink.open(container)) {
            int link = net.links().get("eth0").index();
            LinkStatistics before = net.links().statistics(link).orElseThrow();
            assertThat(answerOverUdp(container, host, CONTAINER4, PORT)).isEqualTo(ip("172.20.0.1"));
            LinkStatistics after = net.links().statistics(link).orElseThrow();
            assertThat(after.received().packets())
                    .isGreaterThan(before.received().packets());
            assertThat(after.received().bytes() - before.received().bytes()).isGreaterThanOrEqualTo(14 + 20 + 8 + 9);
            assertThat(after.sent().bytes() - before.sent().bytes()).isGreaterThanOrEqualTo(14 + 20 + 8 + 4);
            assertThat(net.links().statistics(4711)).isEmpty();
        }
    }

    @Test
    void whatLeavesTheContainerComesFromTheHost() throws Exception {
        nft.commit(new Transaction(TABLE)
                .addTable()
                .addChain(nat("post", Chain.Hook.POSTROUTING, Chain.Base.SRCNAT))
                .addRule(
                        "post",
                        Rule.EMPTY
                                .saddr(IpPrefix.parse("172.20.0.0/24"))
                                .oifnameNot("br0")
                                .masquerade())
                .addRule(
                        "post",
                        Rule.EMPTY
                                .saddr(IpPrefix.parse("fd00:20::/64"))
                                .oifnameNot("br0")
                                .masquerade()));
        assertThat(answerOverTcp(outside, container, OUTSIDE4, PORT)).isEqualTo(HOST4);
        assertThat(answerOverTcp(outside, container, OUTSIDE6, PORT)).isEqualTo(HOST6);
        assertThat(answerOverUdp(outside, container, OUTSIDE4, PORT)).isEqualTo(HOST4);
    }

    @Test
    void aRedirectedPortIsTheHostsOwn() throws Exception {
        nft.commit(new Transaction(TABLE)
                .addTable()
                .addChain(nat("pre", Chain.Hook.PREROUTING, Chain.Base.DSTNAT))
                .addRule("pre", Rule.EMPTY.iifname("br0").dport(TCP, 53).redirect(PORT)));
        assertThat(answerOverTcp(host, container, OUTSIDE4, 53)).isEqualTo(CONTAINER4);
    }

    @Test
    void whatAFilterRejectsIsRefusedAndCounted() throws Exception {
        nft.commit(new Transaction(TABLE)
                .addTable()
                .addChain(nat("pre", Chain.Hook.PREROUTING, Chain.Base.DSTNAT))
                .addRule("pre", Rule.EMPTY.dport(TCP, PUBLISHED).dnat(CONTAINER4, PORT))
                .addChain(new Chain.Base(
                        "forward", Chain.Type.FILTER, Chain.Hook.FORWARD, Chain.Base.FILTER, Chain.Policy.DROP))
                .addRule(
                        "forward",
                        Rule.EMPTY
                                .ctState(Rule.CtState.ESTABLISHED, Rule.CtState.RELATED)
                                .accept())
                .addRule(
                        "forward",
                        Rule.EMPTY
                                .oifname("br0")
                                .ctStatus(Rule.CtStatus.DNAT)
                                .counter()
                                .accept()
                                .comment("published"))
                .addRule("forward", Rule.EMPTY.iifname("br0").counter().reject().comment("out")));
        assertThat(answerOverTcp(container, outside, HOST4, PUBLISHED)).isEqualTo(OUTSIDE4);
        assertThatThrownBy(() -> answerOverTcp(outside, container, OUTSIDE4, PORT))
                .hasMessageContaining("Connection refused");
        assertThat(packets("published")).isPositive();
        assertThat(packets("out")).isPositive();
    }

    private long packets(String comment) {
        return nft.rules(TABLE).stream()
                .filter(rule -> rule.comment().filter(comment::equals).isPresent())
                .findFirst()
                .flatMap(Nftables.RuleInfo::packets)
                .orElseThrow();
    }

    private static Chain nat(String name, Chain.Hook hook, int priority) {
        return new Chain.Base(name, Chain.Type.NAT, hook, priority, Chain.Policy.ACCEPT);
    }

    private static Element published(Protocol protocol, InetAddress address, InetAddress container) {
        return Element.of(new Datum.Transport(protocol), new Datum.Address(address), new Datum.Port(PUBLISHED))
                .to(new Datum.Address(container), new Datum.Port(PORT));
    }

    /** Connects to an address; a server at {@link #PORT} tells who it takes the client to be. */
    private static InetAddress answerOverTcp(
            NetworkNamespace server, NetworkNamespace client, InetAddress address, int port) throws Exception {
        try (ServerSocket listening = server.call(() -> new ServerSocket(PORT))) {
            Thread answering = Thread.ofVirtual().start(() -> {
                try (Socket accepted = listening.accept()) {
                    accepted.getOutputStream().write(accepted.getInetAddress().getAddress());
                } catch (SocketException e) {
                    return; // closed: nobody came
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            byte[] seen = client.call(() -> {
                try (Socket socket = new Socket()) {
                    socket.connect(new InetSocketAddress(address, port), PATIENCE_MILLIS);
                    socket.setSoTimeout(PATIENCE_MILLIS);
                    return socket.getInputStream().readAllBytes();
                }
            });
            answering.join();
            return InetAddress.getByAddress(seen);
        }
    }

    /** The same by datagrams. */
    private static InetAddress answerOverUdp(
            NetworkNamespace server, NetworkNamespace client, InetAddress address, int port) throws Exception {
        try (DatagramSocket listening = server.call(() -> new DatagramSocket(PORT))) {
            Thread answering = Thread.ofVirtual().start(() -> {
                DatagramPacket packet = new DatagramPacket(new byte[16], 16);
                try {
                    listening.receive(packet);
                    listening.send(new DatagramPacket(
                            packet.getAddress().getAddress(),
                            packet.getAddress().getAddress().length,
                            packet.getSocketAddress()));
                } catch (SocketException e) {
                    return; // closed: nothing came
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            byte[] seen = client.call(() -> {
                try (DatagramSocket socket = new DatagramSocket()) {
                    socket.connect(address, port);
                    socket.setSoTimeout(PATIENCE_MILLIS);
                    socket.send(new DatagramPacket("who am I?".getBytes(StandardCharsets.US_ASCII), 9));
                    DatagramPacket answer = new DatagramPacket(new byte[16], 16);
                    socket.receive(answer);
                    return Arrays.copyOf(answer.getData(), answer.getLength());
                }
            });
            answering.join();
            return InetAddress.getByAddress(seen);
        }
    }

    private static InetAddress ip(String text) {
        return InetAddress.ofLiteral(text);
    }
}
