package dev.berth.engine.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.engine.Box;
import dev.berth.engine.Taken;
import dev.berth.engine.config.EndpointConfig;
import dev.berth.engine.config.NetworkConfig;
import dev.berth.engine.config.NetworkingConfig;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.error.EngineException.Kind;
import dev.berth.engine.network.Endpoint;
import dev.berth.engine.network.InterfaceTraffic;
import dev.berth.engine.network.NetworkInspection;
import dev.berth.engine.network.Published;
import dev.berth.engine.state.StateFile;
import dev.berth.linux.netlink.NetworkNamespace;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks of containers, on the real kernel. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
class ContainerNetworksTest {
    private static final Jsonb JSON = Jsonb.builder().build();
    /** Answers each connection with who it is. */
    private static final String SERVER = "while true; do hostname | nc -l -p 80; done";

    @TempDir
    Path dir;

    private Box box;

    @BeforeEach
    void open() throws IOException {
        box = new Box(dir, true);
    }

    @AfterEach
    void close() {
        for (NetworkInspection network : box.engine().networks().list(Map.of("type", List.of("custom")))) {
            network.members().forEach(member -> box.remove(member.containerId()));
            box.engine().networks().remove(network.id());
        }
        box.close();
    }

    private Containers containers() {
        return box.engine().containers();
    }

    private String network(String members) {
        return box.engine().networks().create(JSON.type(NetworkConfig.class).fromJson("{" + members + "}"));
    }

    private String create(String name, String script, String host, NetworkingConfig networking) {
        CreateRequest request = box.request(Box.command(script) + ",\"Hostname\":\"" + name + "\"", host);
        return containers()
                .create(new CreateRequest(
                        Optional.of(name), Optional.empty(), request.config(), request.hostConfig(), networking))
                .id();
    }

    private String start(String name, String script, String host) {
        String id = create(name, script, host, NetworkingConfig.NONE);
        containers().start(id);
        return id;
    }

    private static String on(String network) {
        return "\"NetworkMode\":\"" + network + "\"";
    }

    private String output(String script, String host) throws Exception {
        String id = box.create(Box.command(script), host);
        Taken taken = box.attach(id);
        box.run(id);
        box.remove(id);
        return taken.toEnd();
    }

    private Endpoint endpoint(String container, String network) {
        return containers().inspect(container).networks().stream()
                .filter(place -> place.network().equals(network))
                .findFirst()
                .flatMap(place -> place.endpoint())
                .orElseThrow();
    }

    /** What a server says, once it listens. */
    private static String hear(String address, int port) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        String said = "";
        while (said.isEmpty() && System.nanoTime() < end) {
            said = ask(address, port);
            Thread.sleep(20);
        }
        return said;
    }

    private static String ask(String address, int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port), 5_000);
            socket.setSoTimeout(5_000);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }

    @Test
    void aContainerThatAsksForNothingIsOnTheBridge() throws Exception {
        String seen = output("ip -4 addr show eth0; ip route; cat /etc/hosts", on("default"));
        NetworkInspection bridge = box.engine().networks().inspect("bridge");
        String gateway = bridge.network().pools().getFirst().gateway();
        assertThat(seen).contains("default via " + gateway, "inet ");
        assertThat(bridge.members()).isEmpty();
        assertThat(output("ls /sys/class/net", on("none")).strip()).isEqualTo("lo");
    }

    @Test
    void containersOfANetworkFindEachOtherByNameAndNobodyElseDoes() throws Exception {
        network("\"Name\":\"front\"");
        network("\"Name\":\"back\",\"Internal\":true");
        String web = create(
                "web",
                SERVER,
                on("front"),
                new NetworkingConfig(
                        Map.of("front", JSON.type(EndpointConfig.class).fromJson("{\"Aliases\":[\"www\"]}"))));
        containers().start(web);
        String address = Endpoint.address(endpoint(web, "front").ipv4());
        String lookUp = "nslookup web; nslookup www; nslookup " + web.substring(0, 12)
                + "; until nc web 80 </dev/null; do sleep 0.1; done";
        assertThat(output(lookUp, on("front")))
                .contains("Address: " + address, "web")
                .doesNotContain("NXDOMAIN");
        assertThat(output("nslookup web; nc -w 2 " + address + " 80 </dev/null; ip route", on("back")))
                .contains("can't find web")
                .doesNotContain("default via");
        assertThat(output("cat /etc/resolv.conf", on("front"))).contains("nameserver 127.0.0.11");

        containers().connect(web, "back", EndpointConfig.NONE);
        String there = Endpoint.address(endpoint(web, "back").ipv4());
        assertThat(output("nslookup web; nc web 80 </dev/null", on("back"))).contains("Address: " + there, "web");
        assertThatThrownBy(() -> box.engine().networks().remove("back"))
                .hasMessageContaining("network back has active endpoints (name:\"web\"");
        containers().disconnect(web, "back");
        assertThat(output("nslookup web", on("back"))).contains("can't find web");
        assertThat(box.engine().networks().inspect("back").members()).isEmpty();
        box.engine().networks().remove("back");
        box.remove(web);
    }

    @Test
    void aPublishedPortIsReachedWhereItWasAskedForAndNowhereElse() throws Exception {
        String web = start(
                "web",
                SERVER,
                on("default") + ",\"PortBindings\":{\"80/tcp\":[{\"HostIp\":\"127.0.0.1\"}],\"81/tcp\":[{}]}");
        List<Published> ports = containers().inspect(web).ports();
        assertThat(ports)
                .filteredOn(port -> port.containerPort().equals("80/tcp"))
                .singleElement()
                .satisfies(
                        port -> assertThat(hear("127.0.0.1", port.hostPort())).isEqualTo("web"));
        int free = ports.stream()
                .filter(port -> port.containerPort().equals("80/tcp"))
                .findFirst()
                .orElseThrow()
                .hostPort();
        String gateway = box.engine()
                .networks()
                .inspect("bridge")
                .network()
                .pools()
                .getFirst()
                .gateway();
        assertThatThrownBy(() -> ask(gateway, free)).isInstanceOf(IOException.class);
        String other = create(
                "other",
                SERVER,
                on("default") + ",\"PortBindings\":{\"80/tcp\":[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"" + free
                        + "\"}]}",
                NetworkingConfig.NONE);
        assertThatThrownBy(() -> containers().start(other))
                .message()
                .matches(
                        "driver failed programming external connectivity on endpoint other \\([0-9a-f]{64}\\): Bind for"
                                + " 127\\.0\\.0\\.1:" + free + " failed: port is already allocated");
        assertThat(box.engine().networks().inspect("bridge").members()).hasSize(1);
        box.remove(web);
        containers().start(other);
        assertThat(hear("127.0.0.1", free)).isEqualTo("other");
        box.remove(other);
    }

    @Test
    void containersAreListedByTheirPorts() throws Exception {
        String web = start(
                "web",
                SERVER,
                on("default") + ",\"PortBindings\":{\"80/tcp\":[{}],\"53/udp\":[{\"HostIp\":\"127.0.0.1\"}]}");
        String still =
                create("still", SERVER, on("default") + ",\"PortBindings\":{\"80/tcp\":[{}]}", NetworkingConfig.NONE);
        int port = containers().inspect(web).ports().stream()
                .filter(one -> one.containerPort().equals("80/tcp"))
                .findFirst()
                .orElseThrow()
                .hostPort();
        assertThat(with("publish", Integer.toString(port))).containsExactly(web);
        assertThat(with("publish", (port - 1) + "-" + port + "/tcp")).containsExactly(web);
        assertThat(with("publish", port + "/sctp")).isEmpty();
        assertThat(with("publish", "80")).isEmpty();
        assertThat(with("expose", "80")).containsExactly(web);
        assertThat(with("expose", "1-79/udp")).containsExactly(web);
        refused(Kind.INVALID, "should not contain ':'", () -> with("publish", "0.0.0.0:80"));
        refused(Kind.INVALID, "it is no port", () -> with("expose", "http"));
        refused(Kind.INVALID, "ports go up to 65535", () -> with("expose", "80-79"));
        box.remove(web);
        box.remove(still);
    }

    private List<String> with(String filter, String value) {
        return containers()
                .list(new ListQuery(true, OptionalInt.empty(), Map.of(filter, List.of(value))))
                .map(ContainerInspection::id)
                .toList();
    }

    @Test
    void anotherEngineTakesNetworksUp() throws Exception {
        network(
                "\"Name\":\"front\",\"IPAM\":{\"Config\":[{\"Subnet\":\"10.213.0.0/24\",\"IPRange\":\"10.213.0.64/26\"}]}");
        String web = start("web", SERVER, on("front") + ",\"PortBindings\":{\"80/tcp\":[{\"HostIp\":\"127.0.0.1\"}]}");
        int port = containers().inspect(web).ports().getFirst().hostPort();
        assertThat(endpoint(web, "front").ipv4()).isEqualTo("10.213.0.65/24");
        box.reopen();
        assertThat(hear("127.0.0.1", port)).isEqualTo("web");
        assertThat(output("nslookup web", on("front"))).contains("Address: 10.213.0.65");
        assertThat(box.engine().networks().inspect("front").members())
                .singleElement()
                .satisfies(member -> assertThat(member.containerName()).isEqualTo("web"));
        String second = start("second", "sleep 60", on("front"));
        assertThat(endpoint(second, "front").ipv4()).isEqualTo("10.213.0.66/24");
        box.remove(web);
        box.remove(second);
        assertThatThrownBy(() -> ask("127.0.0.1", port)).isInstanceOf(IOException.class);
    }

    @Test
    void whatAContainersInterfacesHaveCarriedIsCountedForAllWhoShareThem() throws Exception {
        network("\"Name\":\"front\"");
        String web = start("web", SERVER, on("front"));
        String sharing = box.create(Box.command("sleep 60"), on("container:web"));
        containers().start(sharing);
        assertThat(output("until nc web 80 </dev/null; do sleep 0.1; done", on("front")))
                .contains("web");
        Map<String, InterfaceTraffic> carried = containers().stats(web).networks();
        assertThat(carried).containsOnlyKeys("eth0");
        assertThat(eth0(carried).received().bytes()).isPositive();
        assertThat(eth0(carried).sent().packets()).isPositive();
        assertThat(eth0(containers().stats(sharing).networks()).sent().bytes())
                .isGreaterThanOrEqualTo(eth0(carried).sent().bytes());
        box.remove(sharing);
        containers().connect(web, "bridge", EndpointConfig.NONE);
        assertThat(containers().stats(web).networks()).containsOnlyKeys("eth0", "eth1");
        String alone = start("alone", "sleep 60", on("none"));
        assertThat(containers().stats(alone).networks()).isEmpty();
        box.remove(alone);
        box.remove(web);
    }

    private static InterfaceTraffic eth0(Map<String, InterfaceTraffic> networks) {
        return Objects.requireNonNull(networks.get("eth0"));
    }

    @Test
    void othersFindARenamedContainerByItsNewNameAlone() throws Exception {
        network("\"Name\":\"front\"");
        network("\"Name\":\"back\"");
        String web = create(
                "web",
                SERVER,
                on("front") + ",\"ExtraHosts\":[\"fixed:10.1.1.1\"]",
                new NetworkingConfig(
                        Map.of("front", JSON.type(EndpointConfig.class).fromJson("{\"Aliases\":[\"www\"]}"))));
        containers().start(web);
        containers().connect(web, "back", EndpointConfig.NONE);
        String client = start("client", "sleep 60", on("front"));
        String hosts = Files.readString(containers().inspect(web).networkFiles().hosts());
        containers().rename(web, "shop");
        assertThat(Files.readString(containers().inspect(web).networkFiles().hosts()))
                .isEqualTo(hosts);
        for (String network : List.of("front", "back")) {
            String address = Endpoint.address(endpoint(web, network).ipv4());
            assertThat(output("nslookup shop; nslookup " + address, on(network)))
                    .contains("Address: " + address, "name = shop." + network);
            assertThat(box.engine().networks().inspect(network).members())
                    .anySatisfy(member -> assertThat(member.containerName()).isEqualTo("shop"));
        }
        assertThat(output("nslookup www", on("front"))).doesNotContain("can't find");
        assertThat(endpoint(web, "back").names()).containsExactly("shop", web.substring(0, 12), "web");
        box.reopen();
        assertThat(output("nslookup shop; nslookup www", on("front"))).doesNotContain("can't find");
        assertThat(endpoint(web, "front").names()).startsWith("shop", "www");
        containers().rename(web, "stall");
        assertThat(output("nslookup shop", on("front"))).contains("can't find shop");
        assertThat(output("nslookup stall; nslookup www", on("front"))).doesNotContain("can't find");
        box.remove(client);
        box.remove(web);
    }

    @Test
    void containersShareAnInterfaceOfTheHosts() throws Exception {
        network("\"Name\":\"front\",\"Options\":{\"com.docker.network.bridge.name\":\"brthvlan0\"}");
        String parent = "\"Driver\":\"macvlan\",\"Options\":{\"parent\":\"brthvlan0\"}";
        network("\"Name\":\"shared\",\"IPAM\":{\"Config\":[{\"Subnet\":\"10.213.3.0/24\"}]}," + parent);
        network("\"Name\":\"closed\",\"Driver\":\"macvlan\",\"Internal\":true");
        refused(
                Kind.FAILED,
                "is already using parent interface brthvlan0",
                () -> network("\"Name\":\"other\"," + parent));
        String web = start("web", SERVER, on("shared") + ",\"PortBindings\":{\"80/tcp\":[{}]}");
        assertThat(containers().inspect(web).ports()).isEmpty();
        containers().connect(web, "closed", EndpointConfig.NONE);
        String ask = "until nc web 80 </dev/null; do sleep 0.1; done; ip route";
        assertThat(output(ask, on("shared"))).contains("web", "default via 10.213.3.1");
        assertThat(output(ask, on("closed"))).contains("web").doesNotContain("default");
        box.reopen();
        assertThat(output(ask, on("closed"))).contains("web");
        containers().disconnect(web, "shared");
        assertThat(box.engine().networks().inspect("shared").members()).isEmpty();
        box.engine().networks().remove("shared");
        box.remove(web);
    }

    @Test
    void aRoutedNetworkLeadsEverythingOverItsLinkWhereTheKernelHasIt() throws Exception {
        network("\"Name\":\"routed\",\"Driver\":\"ipvlan\",\"Options\":{\"ipvlan_mode\":\"l3s\"}");
        String web = create("web", SERVER, on("routed"), NetworkingConfig.NONE);
        try {
            containers().start(web);
            assertThat(endpoint(web, "routed").gatewayIpv4()).isEmpty();
            assertThat(output("ip route; until nc web 80 </dev/null; do sleep 0.1; done", on("routed")))
                    .contains("default dev eth0", "web");
        } catch (EngineException e) {
            assertThat(e).hasMessageEndingWith("this host's kernel has no ipvlan (modprobe ipvlan may load it)");
            assertThat(box.engine().networks().inspect("routed").members()).isEmpty();
        }
        box.remove(web);
    }

    @Test
    void anEndpointHasTheNameSettingsAndAddressesThatAreAskedFor() throws Exception {
        network("\"Name\":\"front\"");
        EndpointConfig asked = JSON.type(EndpointConfig.class)
                .fromJson("{\"IPAMConfig\":{\"LinkLocalIPs\":[\"169.254.7.7\",\"fe80::7:7\"]},\"DriverOpts\":{"
                        + "\"com.docker.network.endpoint.ifname\":\"lan0\",\"com.docker.network.endpoint.sysctls\":"
                        + "\"net.ipv4.conf.ifname.log_martians=1,net.ipv4.conf.IFNAME.forwarding=0\"}}");
        String look = "ip addr show lan0; cd /proc/sys/net/ipv4/conf/lan0; cat log_martians forwarding; exec sleep 60";
        String web = create("web", look, on("front"), new NetworkingConfig(Map.of("front", asked)));
        Taken taken = box.attach(web);
        containers().start(web);
        assertThat(endpoint(web, "front").interfaceName()).isEqualTo("lan0");
        refused(
                Kind.FORBIDDEN,
                "the container has an interface lan0 already",
                () -> containers().connect(web, "bridge", asked));
        containers().connect(web, "bridge", EndpointConfig.NONE);
        box.reopen();
        assertThat(endpoint(web, "bridge").interfaceName()).isEqualTo("eth0");
        box.remove(web);
        assertThat(taken.toEnd()).contains("inet 169.254.7.7/16", "inet6 fe80::7:7/64", "1\n0\n");
        for (String wrong : List.of(
                "{\"DriverOpts\":{\"colour\":\"red\"}}",
                "{\"DriverOpts\":{\"com.docker.network.endpoint.sysctls\":\"kernel.x=1\"}}",
                "{\"DriverOpts\":{\"com.docker.network.endpoint.ifname\":\"a/b\"}}",
                "{\"IPAMConfig\":{\"LinkLocalIPs\":[\"0.0.0.0\"]}}")) {
            EndpointConfig odd = JSON.type(EndpointConfig.class).fromJson(wrong);
            refused(
                    Kind.INVALID,
                    "invalid endpoint settings:\n",
                    () -> create("odd", "true", on("front"), new NetworkingConfig(Map.of("front", odd))));
        }
    }

    @Test
    void linksOfTheDefaultNetworkAreInFilesAndVariables() throws Exception {
        String filler = start("filler", "sleep 60", on("default"));
        CreateRequest asked = box.request(
                Box.command("sleep 60")
                        + ",\"Hostname\":\"vault\",\"Env\":[\"PASSWORD=x\"],\"ExposedPorts\":{\"5432/tcp\":{}}",
                on("default"));
        String db = containers()
                .create(new CreateRequest(
                        Optional.of("db"), Optional.empty(), asked.config(), asked.hostConfig(), NetworkingConfig.NONE))
                .id();
        String links = on("default") + ",\"Links\":[\"db:store\",\"/db:/client/db\"]";
        String client = create("client", "env; sleep 60", links, NetworkingConfig.NONE);
        assertThatThrownBy(() -> containers().start(client))
                .hasMessageContaining("Cannot link to a non running container: /db AS /client/db");
        containers().start(db);
        String address = Endpoint.address(endpoint(db, "bridge").ipv4());
        Taken taken = box.attach(client);
        containers().start(client);
        Path hosts = containers().inspect(client).networkFiles().hosts();
        assertThat(Files.readString(hosts)).contains(address + "\tstore vault db\n", address + "\tdb vault\n");
        assertThat(containers().inspect(client).hostConfig().links())
                .containsExactly("/db:/client/db", "/db:/client/store");

        assertThat(containers().list(new ListQuery(true, OptionalInt.empty(), Map.of("name", List.of("^db$")))))
                .singleElement()
                .satisfies(linked -> assertThat(linked.id()).isEqualTo(db))
                .satisfies(linked -> assertThat(linked.linkNames()).containsExactly("client/db", "client/store"));
        containers().rename(db, "database");
        assertThat(containers().inspect(client).hostConfig().links())
                .containsExactly("/database:/client/db", "/database:/client/store");
        containers().kill(db, "KILL");
        containers().await(db, WaitCondition.NOT_RUNNING).get(30, TimeUnit.SECONDS);
        box.remove(filler);
        String first = start("first", "sleep 60", on("default"));
        String second = start("second", "sleep 60", on("default"));
        containers().start(db);
        String there = Endpoint.address(endpoint(db, "bridge").ipv4());
        assertThat(there).isNotEqualTo(address);
        assertThat(Files.readString(hosts)).contains(there + "\tdb vault database\n");
        box.reopen();
        assertThat(containers().inspect(client).hostConfig().links()).hasSize(2);

        assertThat(containers().inspect("/client/store").id()).isEqualTo(db);
        refused(
                Kind.FAILED,
                "Conflict, cannot remove the default link name of the container",
                () -> containers().removeLink("client"));
        refused(
                Kind.NOT_FOUND,
                "No such container: client/nothing",
                () -> containers().removeLink("client/nothing"));
        containers().removeLink("client/store");
        assertThat(containers().inspect(client).hostConfig().links()).containsExactly("/database:/client/db");
        assertThat(Files.readString(hosts)).contains("\tdb vault database\n").doesNotContain("store");
        refused(
                Kind.NOT_FOUND,
                "No such container: client/store",
                () -> containers().removeLink("client/store"));
        box.reopen();
        assertThat(containers().inspect(client).hostConfig().links()).containsExactly("/database:/client/db");
        for (String id : List.of(client, db, first, second)) {
            box.remove(id);
        }
        assertThat(taken.toEnd())
                .contains(
                        "STORE_PORT_5432_TCP_ADDR=" + address,
                        "STORE_NAME=/client/store",
                        "DB_ENV_PASSWORD=x",
                        "DB_NAME=/client/db");
    }

    @Test
    void linksOfOtherNetworksAreNamesThatOneContainerKnows() throws Exception {
        network("\"Name\":\"front\"");
        String web = start("web", SERVER, on("front"));
        assertThat(output("nslookup shop", on("front") + ",\"Links\":[\"web:shop\"]"))
                .contains("Address: " + Endpoint.address(endpoint(web, "front").ipv4()));
        assertThat(output("nslookup shop", on("front"))).contains("can't find shop");
        box.remove(web);
    }

    @Test
    void linksThatCannotBeAreRefused() throws Exception {
        String hosts = start("hosts", "sleep 60", on("host"));
        refused(
                Kind.INVALID,
                "could not get container for nosuch: No such container: nosuch",
                () -> start("lost", "true", on("default") + ",\"Links\":[\"nosuch:x\"]"));
        refused(
                Kind.INVALID,
                "bad format for links: a:b:c",
                () -> start("lost", "true", on("default") + ",\"Links\":[\"a:b:c\"]"));
        refused(
                Kind.INVALID,
                "conflicting options: host type networking can't be used with links",
                () -> start("lost", "true", on("default") + ",\"Links\":[\"hosts:x\"]"));
        refused(
                Kind.INVALID,
                "conflicting options: container type network can't be used with links",
                () -> start("lost", "true", on("container:hosts") + ",\"Links\":[\"hosts:x\"]"));
        box.remove(hosts);
        assertThat(containers().list(ListQuery.ALL)).isEmpty();
    }

    @Test
    void whatAContainerHadThatEndedWithoutAnEngineIsDetachedThoughItsNamespaceIsHeld() throws Exception {
        network("\"Name\":\"front\"");
        String web = start("web", "sleep 60", on("front"));
        Path hostEnd =
                Path.of("/sys/class/net", "veth" + endpoint(web, "front").id().substring(0, 7));
        assertThat(hostEnd).exists();
        int pid = containers().inspect(web).state().pid();
        try (NetworkNamespace held = NetworkNamespace.open("/proc/" + pid + "/ns/net")) {
            box.engine().close();
            ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
            process.destroyForcibly();
            process.onExit().get(30, TimeUnit.SECONDS);
            box.restart();
            assertThat(hostEnd).doesNotExist();
            assertThat(Files.exists(Path.of(held.path()))).isTrue();
        }
        box.remove(web);
    }

    @Test
    void whatCannotBeDetachedKeepsNothingElseOfItsContainerFromBeingGivenBack() throws Exception {
        network("\"Name\":\"back\"");
        network("\"Name\":\"front\"");
        String web =
                start("web", "sleep 60", on("back") + ",\"PortBindings\":{\"80/tcp\":[{\"HostIp\":\"127.0.0.1\"}]}");
        containers().connect(web, "front", EndpointConfig.NONE);
        int port = containers().inspect(web).ports().getFirst().hostPort();
        String damaged = endpoint(web, "back").id();
        String address = endpoint(web, "front").ipv4();
        Path hostEnd =
                Path.of("/sys/class/net", "veth" + endpoint(web, "front").id().substring(0, 7));
        int pid = containers().inspect(web).state().pid();
        try (NetworkNamespace held = NetworkNamespace.open("/proc/" + pid + "/ns/net")) {
            box.engine().close();
            ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
            process.destroyForcibly();
            process.onExit().get(30, TimeUnit.SECONDS);
            StateFile.Found record = StateFile.read(
                            box.dataRoot().resolve("containers").resolve(web))
                    .orElseThrow();
            String json = new String(record.json(), StandardCharsets.UTF_8);
            assertThat(json).contains(damaged);
            record.file().write(json.replace(damaged, "no/ID").getBytes(StandardCharsets.UTF_8));
            box.restart();
            assertThat(hostEnd).doesNotExist();
            assertThat(Files.exists(Path.of(held.path()))).isTrue();
        }
        assertThat(box.await(web).exitCode()).isEqualTo(137);
        for (String network : List.of("front", "back")) {
            assertThat(box.engine().networks().inspect(network).members()).isEmpty();
        }
        String other = start(
                "other",
                SERVER,
                on("front") + ",\"PortBindings\":{\"80/tcp\":[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"" + port
                        + "\"}]}");
        assertThat(endpoint(other, "front").ipv4()).isEqualTo(address);
        assertThat(hear("127.0.0.1", port)).isEqualTo("other");
        box.remove(other);
        box.remove(web);
    }

    @Test
    void theDefaultNetworkHasTheFirstSubnetThoughAnotherIsMadeBefore() throws Exception {
        String front = network("\"Name\":\"front\"");
        assertThat(subnet("bridge")).isLessThan(subnet(front));
    }

    /** As a number: the usual subnets are given in ascending order. */
    private BigInteger subnet(String network) throws Exception {
        String subnet = box.engine()
                .networks()
                .inspect(network)
                .network()
                .pools()
                .getFirst()
                .subnet();
        return new BigInteger(
                1,
                InetAddress.getByName(subnet.substring(0, subnet.indexOf('/'))).getAddress());
    }

    @Test
    void aFixedAddressIsHadOrRefused() throws Exception {
        network("\"Name\":\"front\",\"IPAM\":{\"Config\":[{\"Subnet\":\"10.213.1.0/29\"}]}");
        EndpointConfig fixed = JSON.type(EndpointConfig.class)
                .fromJson("{\"IPAMConfig\":{\"IPv4Address\":\"10.213.1.5\"},\"MacAddress\":\"02:00:00:00:00:07\"}");
        String first = create("first", "sleep 60", on("front"), new NetworkingConfig(Map.of("front", fixed)));
        String second = create("second", "sleep 60", on("front"), new NetworkingConfig(Map.of("front", fixed)));
        containers().start(first);
        assertThat(endpoint(first, "front").ipv4()).isEqualTo("10.213.1.5/29");
        assertThat(endpoint(first, "front").mac()).isEqualTo("02:00:00:00:00:07");
        refused(Kind.FORBIDDEN, "Address already in use", () -> containers().start(second));
        String taken = "sleep 60";
        for (int i = 0; i < 4; i++) {
            start("filler" + i, taken, on("front"));
        }
        refused(Kind.FAILED, "no available IPv4 addresses", () -> start("last", taken, on("front")));
        refused(
                Kind.INVALID,
                "user specified IP address is supported on user defined networks only",
                () -> create("odd", "true", on("default"), new NetworkingConfig(Map.of("bridge", fixed))));
        for (var container : containers().list(ListQuery.ALL).toList()) {
            box.remove(container.id());
        }
    }

    @Test
    void networksThatMakeNoSenseAreRefusedAndLeaveNothing() throws Exception {
        String taken = network("\"Name\":\"front\",\"IPAM\":{\"Config\":[{\"Subnet\":\"10.213.2.0/24\"}]}");
        refused(Kind.CONFLICT, "network with name front already exists", () -> network("\"Name\":\"front\""));
        refused(
                Kind.FORBIDDEN,
                "Pool overlaps with other one on this address space",
                () -> network("\"Name\":\"b\",\"IPAM\":{\"Config\":[{\"Subnet\":\"10.213.2.128/25\"}]}"));
        refused(
                Kind.INVALID,
                "invalid subnet",
                () -> network("\"Name\":\"b\",\"IPAM\":{\"Config\":[{\"Subnet\":\"nonsense\"}]}"));
        refused(
                Kind.FORBIDDEN,
                "the host has an interface of that name",
                () -> network("\"Name\":\"b\",\"Options\":{\"com.docker.network.bridge.name\":\"lo\"}"));
        refused(Kind.INVALID, "has no option x", () -> network("\"Name\":\"b\",\"Options\":{\"x\":\"y\"}"));
        refused(Kind.FORBIDDEN, "predefined host network", () -> network("\"Name\":\"host\""));
        refused(Kind.INVALID, "invalid network name", () -> network("\"Name\":\"a/b\""));
        refused(Kind.UNSUPPORTED, "overlay", () -> network("\"Name\":\"b\",\"Driver\":\"overlay\""));
        refused(
                Kind.INVALID,
                "-o parent interface was not found on the host: nosuch0",
                () -> network("\"Name\":\"b\",\"Driver\":\"macvlan\",\"Options\":{\"parent\":\"nosuch0\"}"));
        refused(
                Kind.INVALID,
                "requested macvlan_mode 'odd' is not valid",
                () -> network("\"Name\":\"b\",\"Driver\":\"macvlan\",\"Options\":{\"macvlan_mode\":\"odd\"}"));
        refused(
                Kind.INVALID,
                "unable to parse a valid vlan id from: x (ex. eth0.10 for vlan 10)",
                () -> network("\"Name\":\"b\",\"Driver\":\"macvlan\",\"Options\":{\"parent\":\"nosuch0.x\"}"));
        refused(Kind.NOT_FOUND, "plugin", () -> network("\"Name\":\"b\",\"Driver\":\"nosuch\""));
        refused(
                Kind.FORBIDDEN,
                "pre-defined network",
                () -> box.engine().networks().remove("bridge"));
        refused(Kind.NOT_FOUND, "network nosuch not found", () -> start("lost", "true", on("nosuch")));
        assertThat(box.engine().networks().list(Map.of("type", List.of("custom"))))
                .extracting(NetworkInspection::id)
                .containsExactly(taken);
        try (var records = Files.list(box.dataRoot().resolve("networks"))) {
            assertThat(records.map(path -> String.valueOf(path.getFileName())))
                    .containsExactlyInAnyOrder(
                            taken, box.engine().networks().inspect("bridge").id());
        }
        for (var container : containers().list(ListQuery.ALL).toList()) {
            box.remove(container.id());
        }
    }

    private static void refused(Kind kind, String message, ThrowingCallable call) {
        assertThatThrownBy(call)
                .hasMessageContaining(message)
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }
}
