package dev.berth.linux.nftables;

import static dev.berth.linux.nftables.Protocol.SCTP;
import static dev.berth.linux.nftables.Protocol.TCP;
import static dev.berth.linux.nftables.Protocol.UDP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.linux.Errno;
import dev.berth.linux.LinuxException;
import dev.berth.linux.netlink.IpFamily;
import dev.berth.linux.netlink.IpPrefix;
import dev.berth.linux.netlink.NetworkNamespace;
import dev.berth.linux.netlink.Peer;
import dev.berth.linux.nftables.Rule.CtState;
import dev.berth.linux.nftables.Rule.CtStatus;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@Needs({Need.ROOT, Need.NFTABLES})
class NftablesTest {
    private static final Table TABLE = new Table("berth");
    private static final int PATIENCE_SECONDS = 60;
    private static final NamedSet PORTS4 = NamedSet.map(
            "ports4",
            List.of(DataType.INET_PROTO, DataType.IPV4_ADDR, DataType.INET_SERVICE),
            List.of(DataType.IPV4_ADDR, DataType.INET_SERVICE));
    private static final NamedSet PORTS6 = NamedSet.map(
            "ports6",
            List.of(DataType.INET_PROTO, DataType.IPV6_ADDR, DataType.INET_SERVICE),
            List.of(DataType.IPV6_ADDR, DataType.INET_SERVICE));
    private static final NamedSet DOORS = NamedSet.verdicts("doors", DataType.INET_PROTO, DataType.INET_SERVICE);
    private static final NamedSet BRIDGES = NamedSet.of("bridges", DataType.IFNAME);
    private static final NamedSet BY_PORT =
            NamedSet.map("by-port", List.of(DataType.INET_SERVICE), List.of(DataType.IPV4_ADDR));

    private static final List<Rule> PREROUTING = List.of(
            Rule.EMPTY.toLocalAddress().dnat(PORTS4, Field.L4PROTO, Field.IP_DADDR, Field.DPORT),
            Rule.EMPTY.toLocalAddress().dnat(PORTS6, Field.L4PROTO, Field.IP6_DADDR, Field.DPORT),
            Rule.EMPTY.dnat(BY_PORT, Field.DPORT),
            Rule.EMPTY.notToLocalAddress().returns(),
            Rule.EMPTY.daddr(prefix("127.0.0.0/8")).returns(),
            Rule.EMPTY.saddr(prefix("fd00:1::/64")).returns(),
            Rule.EMPTY.saddr(prefix("10.1.2.0/23")).returns(),
            Rule.EMPTY
                    .saddrNot(prefix("10.1.2.3"))
                    .daddrNot(prefix("10.128.0.0/9"))
                    .returns(),
            Rule.EMPTY.daddrNot(prefix("fc00::/7")).returns(),
            Rule.EMPTY.dport(TCP, 80).dnat(ip("10.0.0.1"), 90),
            Rule.EMPTY.dport(UDP, 81).dnat(ip("fd00::1"), 90),
            Rule.EMPTY.dport(SCTP, 82).redirect(53),
            Rule.EMPTY.l4proto(TCP).redirect(54),
            Rule.EMPTY.dnat(ip("fd00::3")));
    private static final List<Rule> POSTROUTING = List.of(
            Rule.EMPTY.saddr(prefix("172.17.0.0/16")).oifnameNot("br0").masquerade(),
            Rule.EMPTY.sport(UDP, 53).snat(ip("127.0.0.11"), 53),
            Rule.EMPTY.snat(ip("192.0.2.1")));
    private static final List<Rule> FORWARD = List.of(
            Rule.EMPTY.ctStatus(CtStatus.DNAT).accept(),
            Rule.EMPTY.iifname("br0").oifname("br1").counter().drop().comment("apart"),
            Rule.EMPTY.dport(UDP, 53).setDport(UDP, 1053),
            Rule.EMPTY.sport(TCP, 1053).setSport(TCP, 53),
            Rule.EMPTY.iifnameNot("br0").jump("other"),
            Rule.EMPTY.iifnameBegins("br-").verdict(new Verdict.Goto("other")),
            Rule.EMPTY.in(BRIDGES, Field.IIFNAME).drop(),
            Rule.EMPTY.notIn(BRIDGES, Field.OIFNAME).reject(),
            Rule.EMPTY.vmap(DOORS, Field.L4PROTO, Field.DPORT),
            Rule.EMPTY.dports(TCP, 1000, 2000).accept(),
            Rule.EMPTY.nfproto(IpFamily.IPV6).drop());

    private NetworkNamespace namespace;
    private Nftables nft;

    @BeforeEach
    void open() {
        namespace = NetworkNamespace.create();
        nft = Nftables.open(namespace);
    }

    @AfterEach
    void close() {
        nft.close();
        namespace.close();
    }

    @Test
    void aRulesetIsWhatNftMakesOfTheSameWords() {
        nft.commit(everything());
        String words = """
                table inet berth {
                  map ports4 {
                    type inet_proto . ipv4_addr . inet_service : ipv4_addr . inet_service
                    elements = { tcp . 192.0.2.1 . 80 : 172.17.0.2 . 8080, udp . 192.0.2.1 . 53 : 172.17.0.3 . 5353 }
                  }
                  map ports6 {
                    type inet_proto . ipv6_addr . inet_service : ipv6_addr . inet_service
                    elements = { sctp . 2001:db8::1 . 80 : fd00::2 . 8080 }
                  }
                  map doors {
                    type inet_proto . inet_service : verdict
                    elements = { tcp . 80 : jump other, udp . 53 : accept, tcp . 22 : drop, tcp . 23 : return, tcp . 24 : goto other }
                  }
                  set bridges { type ifname
                    elements = { "br0", "a-longest-name1" }
                  }
                  map by-port { type inet_service : ipv4_addr
                    elements = { 80 : 172.17.0.2 }
                  }
                  chain other { }
                  chain pre {
                    type nat hook prerouting priority dstnat; policy accept;
                    fib daddr type local dnat ip to meta l4proto . ip daddr . th dport map @ports4
                    fib daddr type local dnat ip6 to meta l4proto . ip6 daddr . th dport map @ports6
                    dnat ip to th dport map @by-port
                    fib daddr type != local return
                    ip daddr 127.0.0.0/8 return
                    ip6 saddr fd00:1::/64 return
                    ip saddr 10.1.2.0/23 return
                    ip saddr != 10.1.2.3 ip daddr != 10.128.0.0/9 return
                    ip6 daddr != fc00::/7 return
                    tcp dport 80 dnat ip to 10.0.0.1:90
                    udp dport 81 dnat ip6 to [fd00::1]:90
                    sctp dport 82 redirect to :53
                    meta l4proto tcp redirect to :54
                    dnat ip6 to fd00::3
                  }
                  chain post {
                    type nat hook postrouting priority srcnat; policy accept;
                    ip saddr 172.17.0.0/16 oifname != "br0" masquerade
                    udp sport 53 snat ip to 127.0.0.11:53
                    snat ip to 192.0.2.1
                  }
                  chain forward {
                    type filter hook forward priority filter; policy drop;
                    ct state established,related accept
                    ct status dnat accept
                    iifname "br0" oifname "br1" counter packets 0 bytes 0 drop comment "apart"
                    udp dport 53 udp dport set 1053
                    tcp sport 1053 tcp sport set 53
                    iifname != "br0" jump other
                    iifname "br-*" goto other
                    iifname @bridges drop
                    oifname != @bridges reject
                    meta l4proto . th dport vmap @doors
                    tcp dport 1000-2000 accept
                    meta nfproto ipv6 drop
                  }
                  chain early {
                    type filter hook prerouting priority raw; policy accept;
                    ct state invalid,new return
                  }
                }
                """;
        try (NetworkNamespace other = NetworkNamespace.create()) {
            Peer.runWithInput(other, words, "nft", "-f", "-");
            assertThat(sorted(Peer.run(namespace, "nft", "list", "ruleset")))
                    .isEqualTo(sorted(Peer.run(other, "nft", "list", "ruleset")));
        }
    }

    @Test
    void aRuleDescribesItselfAsNftDoes() {
        nft.commit(everything());
        List<String> listed = Peer.run(namespace, "nft", "list", "ruleset")
                .replace("counter packets 0 bytes 0", "counter")
                .lines()
                .map(String::strip)
                .toList();
        for (List<Rule> rules : List.of(PREROUTING, POSTROUTING, FORWARD)) {
            assertThat(listed)
                    .containsSubsequence(rules.stream().map(Rule::toString).toList());
        }
    }

    private static Transaction everything() {
        Transaction change = new Transaction(TABLE).addTable();
        List.of(PORTS4, PORTS6, DOORS, BRIDGES, BY_PORT).forEach(change::addSet);
        change.addChain(new Chain.Regular("other"));
        change.addElements(
                PORTS4,
                List.of(
                        element(TCP, "192.0.2.1", 80).to(address("172.17.0.2"), new Datum.Port(8080)),
                        element(UDP, "192.0.2.1", 53).to(address("172.17.0.3"), new Datum.Port(5353))));
        change.addElements(
                PORTS6, List.of(element(SCTP, "2001:db8::1", 80).to(address("fd00::2"), new Datum.Port(8080))));
        change.addElements(
                DOORS,
                List.of(
                        door(TCP, 80).to(new Verdict.Jump("other")),
                        door(UDP, 53).to(new Verdict.Accept()),
                        door(TCP, 22).to(new Verdict.Drop()),
                        door(TCP, 23).to(new Verdict.Return()),
                        door(TCP, 24).to(new Verdict.Goto("other"))));
        change.addElements(BRIDGES, List.of(bridge("br0"), bridge("a-longest-name1")));
        change.addElements(BY_PORT, List.of(Element.of(new Datum.Port(80)).to(address("172.17.0.2"))));
        prerouting(change);
        change.addChain(
                new Chain.Base("post", Chain.Type.NAT, Chain.Hook.POSTROUTING, Chain.Base.SRCNAT, Chain.Policy.ACCEPT));
        POSTROUTING.forEach(rule -> change.addRule("post", rule));
        forward(change);
        change.addChain(
                new Chain.Base("early", Chain.Type.FILTER, Chain.Hook.PREROUTING, Chain.Base.RAW, Chain.Policy.ACCEPT));
        change.addRule("early", Rule.EMPTY.ctState(CtState.INVALID, CtState.NEW).returns());
        return change;
    }

    private static void prerouting(Transaction change) {
        change.addChain(
                new Chain.Base("pre", Chain.Type.NAT, Chain.Hook.PREROUTING, Chain.Base.DSTNAT, Chain.Policy.ACCEPT));
        PREROUTING.forEach(rule -> change.addRule("pre", rule));
    }

    private static void forward(Transaction change) {
        change.addChain(
                new Chain.Base("forward", Chain.Type.FILTER, Chain.Hook.FORWARD, Chain.Base.FILTER, Chain.Policy.DROP));
        FORWARD.forEach(rule -> change.addRule("forward", rule));
        change.insertRule(
                "forward",
                Rule.EMPTY.ctState(CtState.ESTABLISHED, CtState.RELATED).accept());
    }

    /** Prefixes of all lengths, ports and names as they come. */
    @Test
    void rulesOfAllKindsAreReadByNftAsTheyDescribeThemselves() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<Rule> rules =
                IntStream.range(0, 500).mapToObj(_ -> arbitrary(random)).toList();
        Transaction change = base();
        rules.forEach(rule -> change.addRule("forward", rule));
        nft.commit(change);
        List<String> listed = Peer.run(namespace, "nft", "list", "chain", "inet", "berth", "forward")
                .replace("counter packets 0 bytes 0", "counter")
                .lines()
                .map(String::strip)
                .toList();
        assertThat(listed.subList(3, listed.size() - 2))
                .as("seed %d", seed)
                .isEqualTo(rules.stream().map(Rule::toString).toList());
    }

    private static Rule arbitrary(Random random) {
        Rule rule = random.nextBoolean() ? Rule.EMPTY.iifname("if" + random.nextInt(1000)) : Rule.EMPTY;
        rule = random.nextBoolean() ? rule.oifnameNot("br-" + random.nextInt(1000)) : rule;
        boolean four = random.nextBoolean();
        rule = random.nextBoolean() ? rule.saddr(arbitraryPrefix(random, four)) : rule;
        rule = random.nextBoolean() ? rule.daddrNot(arbitraryPrefix(random, four)) : rule;
        Protocol protocol = Protocol.values()[random.nextInt(Protocol.values().length)];
        rule = switch (random.nextInt(3)) {
            case 0 -> rule.sport(protocol, random.nextInt(0x10000));
            case 1 -> rule.dport(protocol, random.nextInt(0x10000));
            default -> rule;
        };
        rule = random.nextBoolean() ? rule.ctState(CtState.values()[random.nextInt(CtState.values().length)]) : rule;
        rule = random.nextBoolean() ? rule.counter() : rule;
        return switch (random.nextInt(4)) {
            case 0 -> rule.accept();
            case 1 -> rule.drop();
            case 2 -> rule.reject();
            default -> rule.returns().comment("rule " + random.nextInt());
        };
    }

    private static IpPrefix arbitraryPrefix(Random random, boolean four) {
        byte[] address = new byte[four ? 4 : 16];
        random.nextBytes(address);
        return new IpPrefix(IpPrefix.address(address), 1 + random.nextInt(address.length * 8)).network();
    }

    @Test
    void aChangeOfWhichOnePartIsRefusedIsNotMadeAtAll() {
        nft.commit(base());
        String before = Peer.run(namespace, "nft", "list", "ruleset");
        Transaction change = new Transaction(TABLE)
                .addChain(new Chain.Regular("more"))
                .addRule("more", Rule.EMPTY.accept())
                .addRule("absent", Rule.EMPTY.iifname("br0").drop().comment("x"))
                .addRule("more", Rule.EMPTY.drop());
        assertThatThrownBy(() -> nft.commit(change))
                .isInstanceOfSatisfying(
                        LinuxException.class,
                        e -> assertThat(e.is(Errno.ENOENT)).isTrue())
                .hasMessageStartingWith(
                        "add rule iifname \"br0\" drop comment \"x\" to chain absent of table inet berth: "
                                + "no such file or directory (ENOENT)");
        assertThat(Peer.run(namespace, "nft", "list", "ruleset")).isEqualTo(before);
        nft.commit(new Transaction(TABLE).addRule("forward", Rule.EMPTY.accept()));
        assertThat(nft.rules(TABLE)).hasSize(1);
    }

    @Test
    void aLargeChangeThatIsRefusedThroughoutSaysSoAndTheNextOneIsMade() {
        nft.commit(base());
        Transaction change = new Transaction(TABLE);
        IntStream.range(0, 5000).forEach(i -> change.addRule("absent" + i, Rule.EMPTY.accept()));
        assertThatThrownBy(() -> nft.commit(change)).hasMessageContaining("add rule accept to chain absent");
        nft.commit(new Transaction(TABLE).addRule("forward", Rule.EMPTY.accept()));
        assertThat(nft.rules(TABLE)).hasSize(1);
    }

    @Test
    void aForeignTableStaysAsItIs() {
        Peer.runWithInput(namespace, """
                table inet firewall {
                  set s { type ipv4_addr; flags interval; elements = { 10.0.0.0/8 } }
                  chain forward {
                    type filter hook forward priority 0; policy accept;
                    ip saddr @s counter drop comment "mine"
                  }
                }
                table ip nat {
                  chain pre {
                    type nat hook prerouting priority -100
                    tcp dport 1 dnat to 10.0.0.1
                  }
                }
                """, "nft", "-f", "-");
        String before = Peer.run(namespace, "nft", "-a", "list", "ruleset");
        nft.commit(everything());
        nft.commit(new Transaction(TABLE).flushChain("pre").flushSet("ports4").deleteTable());
        assertThat(Peer.run(namespace, "nft", "-a", "list", "ruleset")).isEqualTo(before);
        assertThat(nft.tables()).containsExactly(new Table("firewall"));
    }

    private void script(String words) {
        Peer.runWithInput(namespace, words, "nft", "-f", "-");
    }

    @Test
    void chainsThatDropWhatIsForwardedAreFoundInAllFamiliesWithTheInterfacesThatTheirRulesName() {
        script("add table ip filter; add table ip6 other; add table inet harmless");
        script("add chain ip filter FORWARD { type filter hook forward priority 0; policy drop; }");
        script("add chain ip6 other pass { type filter hook forward priority 0; policy drop; }");
        script("add chain ip filter INPUT { type filter hook input priority 0; policy drop; }");
        script("add chain inet harmless pass { type filter hook forward priority 0; policy accept; }");
        script(
                "add rule ip filter FORWARD iifname \"docker0\" accept\nadd rule ip filter FORWARD oifname \"br-*\" accept");
        script("add rule ip filter FORWARD tcp dport 80 accept");
        assertThat(nft.forwardDrops())
                .extracting(ForwardDrop::toString)
                .containsExactlyInAnyOrder("ip filter FORWARD", "ip6 other pass");
        ForwardDrop filter = nft.forwardDrops().stream()
                .filter(drop -> drop.family().equals("ip"))
                .findFirst()
                .orElseThrow();
        assertThat(filter.names("docker0")).isTrue();
        assertThat(filter.names("docker01")).isFalse();
        assertThat(filter.names("br-0123")).isTrue();
        assertThat(filter.names("berth0")).isFalse();
        assertThat(filter.remedy("berth0"))
                .isEqualTo("iptables -I FORWARD -i berth0 -j ACCEPT; iptables -I FORWARD -o berth0 -j ACCEPT");
    }

    @Test
    void theCommandsThatAreToldLetAnInterfaceBeNamed() {
        script("add table ip6 other");
        script("add chain ip6 other pass { type filter hook forward priority 0; policy drop; }");
        ForwardDrop drop = nft.forwardDrops().getFirst();
        assertThat(drop.names("berth0")).isFalse();
        script(drop.remedy("berth0").replace("nft ", ""));
        assertThat(nft.forwardDrops().getFirst().names("berth0")).isTrue();
    }

    @Test
    void whatIsThereIsListed() {
        assertThat(nft.has(TABLE)).isFalse();
        assertThat(nft.rules(TABLE)).isEmpty();
        assertThat(nft.chains(TABLE)).isEmpty();
        assertThat(nft.sets(TABLE)).isEmpty();
        assertThat(nft.elements(TABLE, "ports4")).isEmpty();
        nft.commit(everything());
        assertThat(nft.has(TABLE)).isTrue();
        assertThat(nft.tables()).containsExactly(TABLE);
        assertThat(nft.sets(TABLE)).containsExactlyInAnyOrder("ports4", "ports6", "doors", "bridges", "by-port");
        assertThat(nft.chains(TABLE))
                .filteredOn(chain -> "pre".equals(chain.name()))
                .singleElement()
                .satisfies(chain -> assertThat(chain.priority()).hasValue(-100));
        assertThat(nft.chains(TABLE))
                .extracting(Nftables.ChainInfo::name)
                .containsExactlyInAnyOrder("other", "pre", "post", "forward", "early");
        assertThat(nft.rules(TABLE))
                .filteredOn(rule -> rule.comment().filter("apart"::equals).isPresent())
                .singleElement()
                .satisfies(rule -> {
                    assertThat(rule.chain()).isEqualTo("forward");
                    assertThat(rule.packets()).contains(0L);
                    assertThat(rule.expressions())
                            .containsExactly("meta", "cmp", "meta", "cmp", "counter", "immediate");
                });
        Element expected = element(UDP, "192.0.2.1", 53).to(address("172.17.0.3"), new Datum.Port(5353));
        assertThat(nft.elements(TABLE, "ports4")).hasSize(2).anyMatch(found -> found.matches(expected));
    }

    @Test
    void rulesElementsChainsAndSetsAreRemovedAlone() {
        nft.commit(everything());
        long handle = nft.rules(TABLE).stream()
                .filter(rule -> rule.comment().isPresent())
                .findFirst()
                .orElseThrow()
                .handle();
        nft.commit(new Transaction(TABLE)
                .deleteRule("forward", handle)
                .deleteElements(PORTS4, List.of(element(TCP, "192.0.2.1", 80)))
                .flushChain("post")
                .deleteChain("post")
                .flushChain("pre")
                .flushSet("by-port")
                .deleteSet("by-port"));
        assertThat(nft.rules(TABLE)).noneMatch(rule -> rule.comment().isPresent());
        assertThat(nft.elements(TABLE, "ports4")).hasSize(1);
        assertThat(nft.chains(TABLE)).extracting(Nftables.ChainInfo::name).doesNotContain("post");
        assertThat(nft.sets(TABLE)).doesNotContain("by-port");
        assertThatThrownBy(() -> nft.commit(new Transaction(TABLE).deleteChain("other")))
                .hasMessageStartingWith("delete chain other of table inet berth: device or resource busy (EBUSY)");
    }

    @Test
    void tenThousandPortsAreOneChange() {
        Transaction change = base().addSet(PORTS4);
        List<Element> elements = IntStream.rangeClosed(1, 10_000)
                .mapToObj(port -> element(TCP, "192.0.2.1", port).to(address("172.17.0.2"), new Datum.Port(port)))
                .toList();
        nft.commit(change.addElements(PORTS4, elements));
        assertThat(nft.elements(TABLE, "ports4")).hasSize(10_000);
        assertThatThrownBy(() -> nft.commit(new Transaction(TABLE).addElements(PORTS4, elements.subList(5, 6))))
                .hasMessage("add to set ports4 of table inet berth: file exists (EEXIST)");
        nft.commit(new Transaction(TABLE).deleteElements(PORTS4, elements));
        assertThat(nft.elements(TABLE, "ports4")).isEmpty();
    }

    @Test
    void aFlushByAnotherIsToldAndOurOwnChangesAreNot() throws InterruptedException {
        nft.commit(everything());
        BlockingQueue<RulesetMonitor.Removal> told = new LinkedBlockingQueue<>();
        try (RulesetMonitor _ = RulesetMonitor.start(namespace, nft, TABLE, told::add)) {
            nft.commit(new Transaction(TABLE).flushChain("pre").deleteTable());
            nft.commit(everything());
            Peer.run(namespace, "nft", "add", "table", "inet", "foreign");
            Peer.run(namespace, "nft", "delete", "table", "inet", "foreign");
            Peer.run(namespace, "nft", "flush", "ruleset");
            assertThat(told.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(new RulesetMonitor.Removal("nft"));
            assertThat(nft.has(TABLE)).isFalse();
            nft.commit(everything());
            Peer.run(namespace, "nft", "flush", "chain", "inet", "berth", "forward");
            assertThat(told.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(new RulesetMonitor.Removal("nft"));
            assertThat(told).isEmpty();
        }
    }

    @Test
    void whatDoesNotFitIsRefusedBeforeTheKernelIsAsked() {
        for (String name : List.of("", "1st", "a b", "a/b", "x".repeat(65), "a\"b", "a\0b")) {
            assertThatThrownBy(() -> new Table(name))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("the name of an nftables table has ");
        }
        assertThatThrownBy(() -> Rule.EMPTY.iifname("a-name-too-long0")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Rule.EMPTY.dport(TCP, 65_536)).hasMessage("a port has 16 bits: 65536");
        assertThatThrownBy(() -> Rule.EMPTY.accept().comment("x".repeat(128)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Rule.EMPTY.in(BRIDGES, Field.DPORT)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Rule.EMPTY.dnat(BRIDGES, Field.IIFNAME)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Transaction(TABLE).addElements(PORTS4, List.of(bridge("br0"))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Transaction base() {
        return new Transaction(TABLE)
                .addTable()
                .addChain(new Chain.Base(
                        "forward", Chain.Type.FILTER, Chain.Hook.FORWARD, Chain.Base.FILTER, Chain.Policy.ACCEPT));
    }

    /** Of which sets' elements have no order. */
    private static List<String> sorted(String listing) {
        return listing.lines()
                .flatMap(line -> Arrays.stream(line.replace("elements = ", "").split("[,{}]")))
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .sorted()
                .toList();
    }

    private static Element element(Protocol protocol, String address, int port) {
        return Element.of(new Datum.Transport(protocol), address(address), new Datum.Port(port));
    }

    private static Element door(Protocol protocol, int port) {
        return Element.of(new Datum.Transport(protocol), new Datum.Port(port));
    }

    private static Element bridge(String name) {
        return Element.of(new Datum.Interface(name));
    }

    private static Datum address(String address) {
        return new Datum.Address(ip(address));
    }

    private static IpPrefix prefix(String text) {
        return IpPrefix.parse(text);
    }

    private static InetAddress ip(String text) {
        return InetAddress.ofLiteral(text);
    }
}
