package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.linux.netlink.IpPrefix;
import dev.berth.linux.netlink.Route;
import dev.berth.testing.BusyboxTree;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A host with our daemon, and a neighbour that is joined to it by two cables and routes all to it. Both are namespaces: the
 * machine's own interfaces and rules are not touched. Each question is asked by a connection and by a datagram.
 */
@Needs({Need.ROOT, Need.BUSYBOX, Need.DOCKER_CLI, Need.IPROUTE2, Need.NFTABLES, Need.IPTABLES})
@LeavesNothingBehind
class NetworkHostsTest {
    private static final int INNER_PORT = 80;
    private static final String LAN = "192.168.50.1";
    private static final String LAN6 = "fd00:50::1";
    private static final String OTHER_LAN = "192.168.60.1";
    private static final String LOOPBACK = "127.0.0.1";
    private static final String LOOPBACK6 = "::1";
    private static final List<String> ADDRESSES = List.of(LAN, LAN6, OTHER_LAN, LOOPBACK, LOOPBACK6);

    /** Ports that are published, with the addresses of the host at which they are to be reached. */
    private static final Map<Integer, List<String>> PORTS = Map.of(
            8080, ADDRESSES,
            8081, List.of(LAN),
            8082, List.of(LOOPBACK),
            8083, List.of(LAN6),
            8084, List.of(LOOPBACK6));

    @TempDir
    Path dir;

    private final NetworkHost host = NetworkHost.create("host");
    private final NetworkHost neighbour = NetworkHost.create("neighbour");
    private Optional<DaemonProcess> started = Optional.empty();

    @BeforeEach
    void joinHosts() throws Exception {
        host.join(neighbour, "lan", "192.168.50.", "fd00:50::");
        host.join(neighbour, "other", "192.168.60.", "fd00:60::");
        neighbour.serve(INNER_PORT);
        try (var network = neighbour.rtnetlink()) {
            network.routes().add(Route.defaultVia(InetAddress.ofLiteral(LAN)));
            network.routes().add(Route.defaultVia(InetAddress.ofLiteral(LAN6)));
        }
    }

    /** Begins what each test is about; what is on the host before is another's. */
    private void startDaemon() throws Exception {
        DaemonProcess daemon = DaemonProcess.startUnder(host.launcher(), dir.resolve("daemon"), "--live-restore=false");
        started = Optional.of(daemon);
        BusyboxTree.make(dir.resolve("tree"));
        String tree = dir.resolve("tree").toString();
        Command.run(daemon.dockerEnvironment(), "sh", "-c", "tar -C " + tree + " -c . | docker import - box")
                .succeeded();
        network("front", 1);
        network("back", 2);
        network("inner", 3, "--internal");
    }

    private DaemonProcess daemon() {
        return started.orElseThrow();
    }

    private void network(String name, int number, String... options) {
        List<String> words = new ArrayList<>(List.of("network", "create", "--ipv6"));
        words.addAll(List.of("--subnet", "10.77." + number + ".0/24", "--subnet", "fd00:77:" + number + "::/64"));
        words.addAll(List.of(options));
        words.add(name);
        daemon().docker(words.toArray(String[]::new)).succeeded();
    }

    private NetworkHost container(String name, String network, String... options) {
        List<String> words = new ArrayList<>(List.of("run", "-d", "--name", name, "--network", network));
        words.addAll(List.of(options));
        words.addAll(List.of("box", "sleep", "1000"));
        daemon().docker(words.toArray(String[]::new)).succeeded();
        NetworkHost container = NetworkHost.ofContainer(daemon(), name);
        container.serve(INNER_PORT);
        return container;
    }

    private NetworkHost web() {
        return container(
                "web",
                "front",
                published("8080", "192.168.50.1:8081", "127.0.0.1:8082", "[fd00:50::1]:8083", "[::1]:8084"));
    }

    private static String[] published(String... ports) {
        return Stream.of(ports)
                .flatMap(port -> List.of("-p", port + ":80", "-p", port + ":80/udp").stream())
                .toArray(String[]::new);
    }

    @AfterEach
    void end() {
        try {
            started.ifPresent(daemon -> {
                Command all = daemon.docker("ps", "-aq").succeeded();
                all.out().lines().forEach(id -> daemon.docker("rm", "-f", id).succeeded());
                daemon.close();
            });
        } finally {
            neighbour.close();
            host.close();
        }
    }

    @Test
    void aPublishedPortIsReachedAtTheAddressesThatItWasAskedForAndNowhereElse() throws Exception {
        startDaemon();
        SoftAssertions all = new SoftAssertions();
        try (NetworkHost web = web();
                NetworkHost cousin = container("cousin", "front");
                NetworkHost db = container("db", "back")) {
            Map<String, NetworkHost> clients =
                    Map.of("host", host, "neighbour", neighbour, "cousin", cousin, "db", db, "web itself", web);
            PORTS.forEach((port, reached) -> ADDRESSES.forEach(address -> clients.forEach((who, client) -> {
                // 127.0.0.1 of another is his own, where nobody has the port.
                boolean own = client == host || !(address.equals(LOOPBACK) || address.equals(LOOPBACK6));
                boolean expected = reached.contains(address) && own;
                all.assertThat(expected ? client.ask(address, port) : client.askInVain(address, port))
                        .as("%s asks at [%s]:%d", who, address, port)
                        .isEqualTo(expected ? "web" : "");
            })));
        }
        all.assertAll();
    }

    @Test
    void aNeighbourThatRoutesToUsGetsNeitherToTheLoopbackAddressNorToAContainersOwn() throws Exception {
        startDaemon();
        SoftAssertions all = new SoftAssertions();
        try (NetworkHost web = web();
                var network = neighbour.rtnetlink()) {
            // What no kernel does unless it is told to.
            host.set("ipv4/conf/lan/route_localnet", "1");
            neighbour.set("ipv4/conf/lan/route_localnet", "1");
            int lo = network.links().get("lo").index();
            network.addresses().delete(lo, IpPrefix.parse("127.0.0.1/8"));
            network.routes().add(Route.via(IpPrefix.parse("127.0.0.1/32"), InetAddress.ofLiteral(LAN)));
            host.serve(LOOPBACK, 9000);
            all.assertThat(neighbour.ask(LOOPBACK, 9000)).as("the way is open").isEqualTo("host");
            all.assertThat(neighbour.askInVain(LOOPBACK, 8082)).isEmpty();
            for (String address : addresses("web", "front")) {
                all.assertThat(neighbour.askInVain(address, INNER_PORT))
                        .as("neighbour to %s", address)
                        .isEmpty();
                all.assertThat(host.ask(address, INNER_PORT))
                        .as("host to %s", address)
                        .isEqualTo("web");
            }
            all.assertThat(web.ask("192.168.50.2", INNER_PORT)).isEqualTo("neighbour");
            all.assertThat(web.ask("fd00:50::2", INNER_PORT)).isEqualTo("neighbour");
        }
        all.assertAll();
    }

    @Test
    void twoNetworksCannotReachEachOtherAndAnInternalOneReachesNobodyOutside() throws Exception {
        startDaemon();
        SoftAssertions all = new SoftAssertions();
        try (NetworkHost web = web();
                NetworkHost db = container("db", "back");
                NetworkHost hidden = container("hidden", "inner", published("8090"));
                NetworkHost beside = container("beside", "inner");
                var network = hidden.rtnetlink()) {
            // As a container with the right to do so might.
            network.routes().add(Route.defaultVia(InetAddress.ofLiteral("10.77.3.1")));
            network.routes().add(Route.defaultVia(InetAddress.ofLiteral("fd00:77:3::1")));
            for (String address : addresses("db", "back")) {
                all.assertThat(web.askInVain(address, INNER_PORT)).as(address).isEmpty();
                all.assertThat(hidden.askInVain(address, INNER_PORT))
                        .as(address)
                        .isEmpty();
            }
            for (String address : addresses("hidden", "inner")) {
                all.assertThat(beside.ask(address, INNER_PORT)).as(address).isEqualTo("hidden");
                all.assertThat(db.askInVain(address, INNER_PORT)).as(address).isEmpty();
                all.assertThat(neighbour.askInVain(address, INNER_PORT))
                        .as(address)
                        .isEmpty();
            }
            for (String address : List.of("192.168.50.2", "fd00:50::2")) {
                all.assertThat(hidden.askInVain(address, INNER_PORT))
                        .as(address)
                        .isEmpty();
                all.assertThat(db.ask(address, INNER_PORT)).as(address).isEqualTo("neighbour");
            }
            all.assertThat(neighbour.askInVain(LAN, 8090))
                    .as("a port of an internal network")
                    .isEmpty();
        }
        all.assertAll();
    }

    private List<String> addresses(String container, String network) {
        String endpoint = "(index .NetworkSettings.Networks \"" + network + "\")";
        String format = "{{" + endpoint + ".IPAddress}} {{" + endpoint + ".GlobalIPv6Address}}";
        return List.of(daemon().docker("inspect", "-f", format, container)
                .succeeded()
                .out()
                .strip()
                .split(" ", -1));
    }

    @Test
    void othersRulesAreByteIdenticalBeforeAndAfterAndOursComeBackWhenFlushed() throws Exception {
        host.run("nft", "add table inet others { set s { type ipv4_addr; elements = { 192.0.2.1 }; }; }")
                .succeeded();
        host.run("nft", "add chain inet others in { type filter hook input priority 5; policy accept; }")
                .succeeded();
        host.run("nft", "add rule inet others in ip saddr @s drop comment theirs")
                .succeeded();
        host.run("iptables", "-A", "INPUT", "-s", "192.0.2.2", "-j", "DROP").succeeded();
        host.run("iptables", "-t", "nat", "-A", "PREROUTING", "-p", "tcp", "--dport", "7", "-j", "REDIRECT")
                .succeeded();
        host.run("ip6tables", "-A", "FORWARD", "-s", "2001:db8::/32", "-j", "REJECT")
                .succeeded();
        String rules = ruleset();
        String iptables = iptables();
        startDaemon();
        try (NetworkHost web = web()) {
            assertThat(neighbour.ask(LAN, 8080)).isEqualTo("web");
            assertThat(ruleset()).contains("table inet berth");
            assertThat(withoutOurs(ruleset())).isEqualTo(rules);
            assertThat(iptables()).isEqualTo(iptables);
            String before = ruleset();
            long flushed = System.nanoTime();
            host.run("nft", "flush", "ruleset").succeeded();
            Command.eventually("the table to be back", () -> ruleset().contains("table inet berth"));
            System.out.println("networks: a flushed table was back within " + (System.nanoTime() - flushed) / 1_000_000
                    + " ms, a look by nft included");
            assertThat(ours(ruleset())).isEqualTo(ours(before));
            assertThat(withoutOurs(ruleset()))
                    .as("others' rules are theirs to restore")
                    .isEmpty();
            assertThat(neighbour.ask(LAN, 8080)).isEqualTo("web");
            // Said after it is done, and the look above may come between.
            Command.eventually("the log to say so", () -> daemon().log().contains("nft removed rules of it; restored"));
        }
        host.run("iptables", "-A", "INPUT", "-s", "192.0.2.2", "-j", "DROP").succeeded();
        String later = withoutOurs(ruleset());
        daemon().docker("rm", "-f", "web").succeeded();
        daemon().docker("network", "rm", "front", "back", "inner").succeeded();
        daemon().close();
        started = Optional.empty();
        assertThat(ruleset()).as("nothing of ours, all of theirs").isEqualTo(later);
    }

    @Test
    void whatAnothersPolicyHindersIsToldByInfoAndTheLogAndTheirAdviceHelps() throws Exception {
        host.run("iptables", "-P", "FORWARD", "DROP").succeeded();
        startDaemon();
        try (NetworkHost web = web()) {
            assertThat(web.askInVain("192.168.50.2", INNER_PORT)).isEmpty();
            String bridge = "br-"
                    + daemon().docker("network", "inspect", "-f", "{{slice .Id 0 12}}", "front")
                            .succeeded()
                            .out()
                            .strip();
            String advice =
                    "iptables -I FORWARD -i " + bridge + " -j ACCEPT; iptables -I FORWARD -o " + bridge + " -j ACCEPT";
            assertThat(daemon().log()).contains("chain ip filter FORWARD drops what is forwarded", advice);
            String info = warnings();
            assertThat(info).contains("WARNING: nftables chain ip filter FORWARD drops", bridge);
            host.run("sh", "-c", advice).succeeded();
            assertThat(web.ask("192.168.50.2", INNER_PORT)).isEqualTo("neighbour");
            assertThat(neighbour.ask(LAN, 8080)).isEqualTo("web");
            assertThat(warnings()).doesNotContain(bridge);
        }
    }

    private String warnings() {
        return daemon().docker("info", "-f", "{{json .Warnings}}").succeeded().out();
    }

    /** All rules of the host, without their counters. */
    private String ruleset() {
        return host.run("nft", "-s", "list", "ruleset").succeeded().out();
    }

    private String iptables() {
        return uncommented(host.run("iptables-save").succeeded().out())
                + uncommented(host.run("ip6tables-save").succeeded().out());
    }

    /** Without its comments, which tell the time, and the counters of chains. */
    private static String uncommented(String saved) {
        return saved.lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.replaceAll("\\[\\d+:\\d+\\]$", ""))
                .collect(Collectors.joining("\n"));
    }

    private static String withoutOurs(String ruleset) {
        return ruleset.replaceAll("(?ms)^table inet berth.*?^}\n", "");
    }

    /** The words of our table; the kernel lists a set's elements in no order. */
    private static List<String> ours(String ruleset) {
        String table = ruleset.replaceAll("(?ms)\\A.*?(^table inet berth.*?^}\n).*\\z", "$1");
        return Stream.of(table.split("[\\s,]+", -1)).sorted().toList();
    }
}
