package dev.berth.network.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.linux.netlink.IpFamily;
import dev.berth.linux.netlink.Link;
import dev.berth.linux.netlink.NetworkNamespace;
import dev.berth.linux.netlink.Rtnetlink;
import dev.berth.linux.nftables.Connection;
import dev.berth.linux.nftables.Nftables;
import dev.berth.linux.nftables.Table;
import dev.berth.network.NetworkException;
import dev.berth.network.Peer;
import dev.berth.network.address.HardwareAddresses;
import dev.berth.network.address.IpAddress;
import dev.berth.network.address.IpPrefix;
import dev.berth.network.bridge.BridgeOptions;
import dev.berth.network.bridge.BridgeSpec;
import dev.berth.network.dns.NameView;
import dev.berth.network.dns.Resolver;
import dev.berth.network.dns.ResolverSettings;
import dev.berth.network.dns.Zone;
import dev.berth.network.endpoint.EndpointOptions;
import dev.berth.network.endpoint.EndpointSpec;
import dev.berth.network.nat.PublishedPort;
import dev.berth.network.port.PublishRequest;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A host with a container, and all that its networks consist of. */
@Needs(Need.ROOT)
class HostNetworkTest {
    private static final Table TABLE = new Table("berth-test");
    private static final List<IpAddress> WEB = List.of(IpAddress.of("10.1.0.2"));

    private final Peer machine = new Peer("machine");
    private final Peer web = new Peer("web");
    private HostNetwork host = open();
    private final BridgeSpec front = new BridgeSpec(
            "front", "br-front", List.of(IpPrefix.of("10.1.0.1/24")), false, BridgeOptions.parse(Map.of()));
    private final EndpointSpec endpoint = new EndpointSpec(
            "ab".repeat(32),
            Optional.empty(),
            List.of(IpPrefix.of("10.1.0.2/24")),
            HardwareAddresses.of(WEB.getFirst()),
            List.of(IpAddress.of("10.1.0.1")),
            Map.of());

    private HostNetwork open() {
        return new HostNetwork(machine.namespace.duplicate(), machine.inside(), TABLE);
    }

    @AfterEach
    void close() throws Exception {
        host.close();
        web.close();
        machine.close();
    }

    private void start() {
        host.create(front);
        host.attach(front, endpoint, web.namespace);
        web.serve("0.0.0.0", 80);
        web.serveDatagrams("0.0.0.0", 53);
    }

    private static PublishRequest request(String port, String address, String hostPort) {
        return PublishRequest.parse(port, address, hostPort);
    }

    @Test
    void whatAContainerLeavesIsOffItsNetworkAtOnceAndGoneWhenTheHostsNetworkIsClosed() {
        host.create(front);
        NetworkSandbox sandbox = NetworkSandbox.create(host);
        sandbox.attach(
                front,
                new NetworkSandbox.Wish(
                        "cd".repeat(32),
                        List.of(IpPrefix.of("10.1.0.2/24")),
                        "02:42:0a:01:00:02",
                        List.of(),
                        EndpointOptions.NONE));
        List<PublishedPort> ports = sandbox.publish(front, WEB, List.of(request("80/tcp", "127.0.0.1", "")));
        try (NetworkNamespace held = NetworkNamespace.open(sandbox.path());
                Rtnetlink onMachine = Rtnetlink.open(machine.namespace)) {
            int bridge = onMachine.links().get("br-front").index();
            assertThat(onMachine.links().list()).anyMatch(link -> link.master().equals(OptionalInt.of(bridge)));
            sandbox.close();
            assertThat(onMachine.links().list()).noneMatch(link -> link.master().equals(OptionalInt.of(bridge)));
            host.attach(front, endpoint, web.namespace);
            web.serve("0.0.0.0", 80);
            assertThat(machine.ask("10.1.0.2", 80)).isEqualTo("web 10.1.0.1");
            String same = Integer.toString(ports.getFirst().hostPort());
            host.publish(front, WEB, List.of(request("80/tcp", "127.0.0.1", same)));
            host.close();
            assertThat(onMachine.links().list()).extracting(Link::name).doesNotContain("vethcdcdcdc");
            assertThat(held.path()).isNotEmpty();
        }
        host = open();
    }

    @Test
    void aPublishedPortIsThereForBothFamiliesUntilItIsClosed() {
        start();
        try (Published published =
                host.publish(front, WEB, List.of(request("80", "", "8080"), request("53/udp", "127.0.0.1", "")))) {
            assertThat(published.ports())
                    .extracting(port -> port.hostAddress() + " " + port.protocol())
                    .containsExactly("0.0.0.0 tcp", ":: tcp", "127.0.0.1 udp");
            assertThat(machine.ask("127.0.0.1", 8080)).isEqualTo("web 10.1.0.1");
            assertThat(machine.ask("::1", 8080)).isEqualTo("web 10.1.0.1");
            int datagrams = published.ports().getLast().hostPort();
            assertThat(datagrams).isPositive();
            assertThat(machine.askByDatagram("127.0.0.1", datagrams)).isEqualTo("web 10.1.0.1");
        }
        assertThat(machine.ask("127.0.0.1", 8080)).contains("refused");
    }

    @Test
    void aContainerThatLeavesHasNoConnectionsAnyMore() {
        start();
        assertThat(machine.ask("10.1.0.2", 80)).isEqualTo("web 10.1.0.1");
        try (Nftables nftables = Nftables.open(machine.namespace)) {
            Predicate<Connection> itsOwn = connection ->
                    connection.answerFrom().getAddress().equals(WEB.getFirst().inet());
            assertThat(nftables.connections().list(IpFamily.IPV4, itsOwn)).hasSize(1);
            host.detach(endpoint);
            assertThat(nftables.connections().list(IpFamily.IPV4, itsOwn)).isEmpty();
        }
    }

    @Test
    void whereOnePortCannotBeHadNoneIsPublished() {
        start();
        int taken = 8081;
        try (ServerSocket other = machine.namespace.call(() -> new ServerSocket(taken))) {
            assertThat(other.isBound()).isTrue();
            List<PublishRequest> both = List.of(request("80", "", "8080"), request("80", "", String.valueOf(taken)));
            assertThatThrownBy(() -> host.publish(front, WEB, both))
                    .isInstanceOf(NetworkException.class)
                    .hasMessage("failed to bind host port 0.0.0.0:8081/tcp: address already in use");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        assertThat(machine.ask("127.0.0.1", 8080)).contains("refused");
        try (Published all = host.publish(front, WEB, List.of(request("80", "", "8080"), request("80", "", "8081")))) {
            assertThat(all.ports()).hasSize(4);
            assertThatThrownBy(() -> host.publish(front, WEB, List.of(request("80", "127.0.0.1", "8081"))))
                    .hasMessage("Bind for 127.0.0.1:8081 failed: port is already allocated");
        }
    }

    @Test
    void theNextEngineTakesUpWhatThisOneLeaves() {
        start();
        List<PublishedPort> ports =
                host.publish(front, WEB, List.of(request("80", "", "8080"))).ports();
        host.close();
        host = open();
        host.restore(List.of(front), ports);
        try (Published again = host.publish(front, WEB, List.of(request("80", "", "8080")))) {
            assertThat(again.ports()).isEqualTo(ports);
            assertThat(machine.ask("127.0.0.1", 8080)).isEqualTo("web 10.1.0.1");
        }
        host.detach(endpoint);
        host.remove(front);
        try (Rtnetlink network = Rtnetlink.open(machine.namespace);
                Nftables nftables = Nftables.open(machine.namespace)) {
            assertThat(network.links().list())
                    .extracting(Link::name)
                    .noneMatch(name -> name.startsWith("br-") || name.startsWith("veth"));
            assertThat(nftables.has(TABLE)).isFalse();
        }
    }

    @Test
    void aNetworkThatCannotBeMadeLeavesNothing() {
        BridgeSpec other =
                new BridgeSpec("other", "br-front", List.of(IpPrefix.of("10.2.0.1/24")), false, BridgeOptions.DEFAULT);
        host.create(front);
        assertThatThrownBy(() -> host.create(other)).hasMessageStartingWith("create bridge br-front: ");
        host.remove(other);
        host.attach(front, endpoint, web.namespace);
        web.serve("0.0.0.0", 80);
        assertThat(machine.ask("10.1.0.2", 80)).isEqualTo("web 10.1.0.1");
    }

    @Test
    void aContainersResolverIsFoundAtTheUsualPort() {
        start();
        Zone zone = new Zone("front");
        zone.put("e", "web", List.of(), WEB);
        web.serve("0.0.0.0", 53);
        try (Resolver resolver = host.openResolver(web.namespace, NameView.of(zone), ResolverSettings.NO_UPSTREAM)) {
            assertThat(resolver.datagramPort()).isNotEqualTo(53);
            assertThat(web.ask("127.0.0.1", 53)).isEqualTo("web 127.0.0.1");
        }
    }
}
