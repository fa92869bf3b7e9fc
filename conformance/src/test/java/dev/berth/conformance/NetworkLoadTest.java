package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.BusyboxTree;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.net.DatagramPacket;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Networks under load, and through the daemon's death. A little of it in the ordinary run; {@code conformance/networks} does
 * it as much and as long as one wishes.
 */
@Needs({Need.ROOT, Need.BUSYBOX, Need.DOCKER_CLI, Need.IPROUTE2, Need.NFTABLES})
@LeavesNothingBehind
class NetworkLoadTest {
    private static final int CONTAINERS = Integer.getInteger("networks.containers", 8);
    private static final Duration LOAD = Duration.ofSeconds(Integer.getInteger("networks.seconds", 3));
    private static final int CONNECTS = Integer.getInteger("networks.connects", 10);

    private static final String LAN = "192.168.50.1";
    private static final int PORT = 8080;
    private static final int INNER_PORT = 80;

    @TempDir
    Path dir;

    private final NetworkHost host = NetworkHost.create("host");
    private final NetworkHost neighbour = NetworkHost.create("neighbour");
    private DaemonProcess daemon;

    @BeforeEach
    void start() throws Exception {
        host.join(neighbour, "lan", "192.168.50.", "fd00:50::");
        startDaemon();
        BusyboxTree.make(dir.resolve("tree"));
        String tree = dir.resolve("tree").toString();
        Command.run(daemon.dockerEnvironment(), "sh", "-c", "tar -C " + tree + " -c . | docker import - box")
                .succeeded();
        daemon.docker("network", "create", "--subnet", "10.78.0.0/16", "front").succeeded();
        daemon.docker("network", "create", "--subnet", "10.79.0.0/16", "back").succeeded();
    }

    private void startDaemon() throws Exception {
        daemon = DaemonProcess.startUnder(host.launcher(), dir.resolve("daemon"), "--live-restore");
    }

    @AfterEach
    void end() throws Exception {
        try {
            if (daemon.docker("version").exitCode() != 0) {
                startDaemon(); // a test has failed between two
            }
            Command all = daemon.docker("ps", "-aq").succeeded();
            if (!all.out().isEmpty()) {
                List<String> words = new ArrayList<>(List.of("rm", "-f"));
                all.out().lines().forEach(words::add);
                daemon.docker(words.toArray(String[]::new)).succeeded();
            }
            daemon.close();
        } finally {
            neighbour.close();
            host.close();
        }
    }

    private NetworkHost container(String name, String... options) {
        List<String> words = new ArrayList<>(List.of("run", "-d", "--name", name, "--network", "front"));
        words.addAll(List.of(options));
        words.addAll(List.of("box", "sleep", "10000"));
        daemon.docker(words.toArray(String[]::new)).succeeded();
        return NetworkHost.ofContainer(daemon, name);
    }

    private String address(String container) {
        return daemon.docker("inspect", "-f", "{{.NetworkSettings.Networks.front.IPAddress}}", container)
                .succeeded()
                .out()
                .strip();
    }

    @Test
    void allContainersOfANetworkResolveEachOtherUnderLoadAndNoQueryFails() throws Exception {
        Map<String, NetworkHost> containers = new LinkedHashMap<>();
        try {
            Map<String, String> addresses = new LinkedHashMap<>();
            for (int i = 0; i < CONTAINERS; i++) {
                containers.put("c" + i, container("c" + i));
                addresses.put("c" + i, address("c" + i));
            }
            AtomicLong answered = new AtomicLong();
            long end = System.nanoTime() + LOAD.toNanos();
            List<CompletableFuture<Void>> asking = new ArrayList<>();
            for (NetworkHost container : containers.values()) {
                asking.add(begin(() -> askUntil(end, container, addresses, answered)));
            }
            for (CompletableFuture<Void> one : asking) {
                one.get();
            }
            System.out.println("networks: " + CONTAINERS + " containers asked each other's names for "
                    + LOAD.toSeconds() + " s: " + answered + " queries answered, none failed");
            assertThat(answered.get()).isGreaterThanOrEqualTo(CONTAINERS);
        } finally {
            containers.values().forEach(NetworkHost::close);
        }
    }

    /** Something that can fail. */
    private interface Work {
        void run() throws Exception;
    }

    private static CompletableFuture<Void> begin(Work work) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("networks-client").start(() -> {
            try {
                work.run();
                end.complete(null);
            } catch (Throwable e) {
                end.completeExceptionally(e);
            }
        });
        return end;
    }

    /** Asks once, and once only, for each name: what is lost is a failure. */
    private static void askUntil(long end, NetworkHost from, Map<String, String> addresses, AtomicLong answered)
            throws IOException {
        List<String> names = List.copyOf(addresses.keySet());
        Random random = new Random(end);
        try (DatagramChannel resolver = from.datagrams("127.0.0.11", 53)) {
            do {
                String name = names.get(random.nextInt(names.size()));
                assertThat(resolve(resolver, name)).as(name).isEqualTo(addresses.get(name));
                answered.incrementAndGet();
            } while (System.nanoTime() < end);
        }
    }

    private static String resolve(DatagramChannel resolver, String name) throws IOException {
        Message query = Message.newQuery(Record.newRecord(Name.fromString(name + "."), Type.A, DClass.IN));
        resolver.write(ByteBuffer.wrap(query.toWire()));
        DatagramPacket packet = new DatagramPacket(new byte[1500], 1500);
        resolver.socket().receive(packet);
        Message answer = new Message(ByteBuffer.wrap(packet.getData(), 0, packet.getLength()));
        assertThat(answer.getHeader().getID()).isEqualTo(query.getHeader().getID());
        assertThat(answer.getRcode()).as(name).isEqualTo(Rcode.NOERROR);
        assertThat(answer.getSection(Section.ANSWER)).as(name).hasSize(1);
        return ((ARecord) answer.getSection(Section.ANSWER).getFirst())
                .getAddress()
                .getHostAddress();
    }

    @Test
    void connectsAndDisconnectsLeaveNoInterfaceRuleAddressOrDescriptor() throws Exception {
        try (NetworkHost web = container("web", "-p", PORT + ":" + INNER_PORT)) {
            connectAndDisconnect(2); // what is made once and kept
            String interfaces = host.interfaces();
            String inside = web.interfaces();
            String rules = rules();
            String addresses =
                    daemon.docker("network", "inspect", "back").succeeded().out();
            Command.eventually("the daemon to be at rest", this::hasSteadyFiles);
            int files = daemon.openFiles();
            connectAndDisconnect(CONNECTS);
            assertThat(host.interfaces()).isEqualTo(interfaces);
            assertThat(web.interfaces()).isEqualTo(inside);
            assertThat(rules()).isEqualTo(rules);
            assertThat(daemon.docker("network", "inspect", "back").succeeded().out())
                    .isEqualTo(addresses);
            Command.eventually("no descriptor to be left of " + files, () -> daemon.openFiles() <= files);
            System.out.println("networks: " + CONNECTS + " connects and disconnects left nothing; " + files
                    + " descriptors as before");
        }
    }

    private void connectAndDisconnect(int times) {
        for (int i = 0; i < times; i++) {
            daemon.docker("network", "connect", "--alias", "a" + i, "back", "web")
                    .succeeded();
            daemon.docker("network", "disconnect", "back", "web").succeeded();
        }
    }

    private boolean hasSteadyFiles() {
        int before = daemon.openFiles();
        try {
            Thread.sleep(500);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        return daemon.openFiles() == before;
    }

    private String rules() {
        return host.run("nft", "-s", "list", "ruleset").succeeded().out();
    }

    @Test
    void connectionsGoOnThroughTheDaemonsDeathAndTheNextOneTakesEverythingUp() throws Exception {
        try (NetworkHost web = container(
                        "web",
                        "-p",
                        PORT + ":" + INNER_PORT,
                        "-p",
                        PORT + ":" + INNER_PORT + "/udp",
                        "--network-alias",
                        "front-door");
                NetworkHost client = container("client");
                NetworkHost box = container("box", "--add-host", "there:192.0.2.7")) {
            web.serve(INNER_PORT);
            neighbour.serve(INNER_PORT);
            String hosts = daemon.docker("exec", "box", "cat", "/etc/hosts")
                    .succeeded()
                    .out();
            AtomicBoolean over = new AtomicBoolean();
            AtomicLong exchanged = new AtomicLong();
            List<CompletableFuture<Void>> traffic = List.of(
                    begin(() -> exchange(neighbour, LAN, PORT, "web", over, exchanged)), // published
                    begin(() ->
                            exchange(client, "192.168.50.2", INNER_PORT, "neighbour", over, exchanged)), // masqueraded
                    begin(() -> exchange(client, address("web"), INNER_PORT, "web", over, exchanged))); // bridged
            awaitMore(exchanged);
            daemon.kill();
            awaitMore(exchanged);
            assertThat(neighbour.ask(LAN, PORT))
                    .as("a new one without a daemon")
                    .isEqualTo("web");
            startDaemon();
            awaitMore(exchanged);
            over.set(true);
            for (CompletableFuture<Void> one : traffic) {
                one.get();
            }
            System.out.println("networks: " + exchanged + " exchanges by 3 connections, through the daemon's death");
            assertThat(neighbour.ask(LAN, PORT)).isEqualTo("web");
            assertThat(host.ask("127.0.0.1", PORT)).as("by the proxy").isEqualTo("web");
            assertThat(daemon.docker("port", "web").succeeded().out()).contains("80/tcp -> 0.0.0.0:" + PORT);
            try (DatagramChannel resolver = client.datagrams("127.0.0.11", 53)) {
                assertThat(resolve(resolver, "web")).isEqualTo(address("web"));
                assertThat(resolve(resolver, "front-door")).isEqualTo(address("web"));
            }
            assertThat(daemon.docker("exec", "box", "cat", "/etc/hosts")
                            .succeeded()
                            .out())
                    .isEqualTo(hosts)
                    .contains("192.0.2.7\tthere")
                    .contains(address("box"));
            daemon.docker("rm", "-f", "web").succeeded();
            assertThat(neighbour.askInVain(LAN, PORT)).as("released").isEmpty();
        }
    }

    /** Waits until traffic has gone on for a while; who exchanges has the patience. */
    private static void awaitMore(AtomicLong exchanged) throws InterruptedException {
        long enough = exchanged.get() + 60;
        Command.eventually("traffic to go on", () -> exchanged.get() >= enough);
    }

    /** Exchanges bytes by one connection until it is over, each of which has to come back. */
    private static void exchange(
            NetworkHost from, String address, int port, String greeting, AtomicBoolean over, AtomicLong exchanged)
            throws Exception {
        try (SocketChannel connection = from.connect(address, port)) {
            var in = connection.socket().getInputStream();
            assertThat(new String(in.readNBytes(greeting.length()), StandardCharsets.UTF_8))
                    .isEqualTo(greeting);
            for (int i = 0; !over.get(); i++) {
                connection.write(ByteBuffer.wrap(new byte[] {(byte) i}));
                assertThat((byte) in.read()).isEqualTo((byte) i);
                exchanged.incrementAndGet();
                Thread.sleep(10);
            }
        }
    }
}
