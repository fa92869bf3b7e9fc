package dev.berth.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.linux.Errno;
import dev.berth.linux.LinuxException;
import dev.berth.linux.netlink.LinkKind.Bridge;
import dev.berth.linux.netlink.LinkKind.Dummy;
import dev.berth.linux.netlink.LinkKind.Ipvlan;
import dev.berth.linux.netlink.LinkKind.IpvlanMode;
import dev.berth.linux.netlink.LinkKind.IpvlanScope;
import dev.berth.linux.netlink.LinkKind.Macvlan;
import dev.berth.linux.netlink.LinkKind.MacvlanMode;
import dev.berth.linux.netlink.LinkKind.Veth;
import dev.berth.linux.netlink.LinkKind.Vlan;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each test has a namespace of its own for the host's part, and another for a container's. */
@Needs({Need.ROOT, Need.IPROUTE2})
class RtnetlinkTest {
    private static final MacAddress MAC = MacAddress.parse("02:42:ac:11:00:02");

    private NetworkNamespace host;
    private NetworkNamespace container;
    private Rtnetlink net;

    @BeforeEach
    void makeTwoNamespaces() {
        host = NetworkNamespace.create();
        container = NetworkNamespace.create();
        net = Rtnetlink.open(host);
    }

    @AfterEach
    void endThem() {
        net.close();
        container.close();
        host.close();
    }

    @Test
    void aBridgeIsMadeWithItsOptions() {
        net.links()
                .create(
                        "br0",
                        new Bridge(Optional.of(Duration.ofSeconds(7)), false),
                        LinkSettings.NONE.mac(MAC).mtu(1400).up());
        assertThat(net.links().get("br0")).satisfies(link -> {
            assertThat(link.kind()).isEqualTo("bridge");
            assertThat(link.mac()).contains(MAC);
            assertThat(link.mtu()).isEqualTo(1400);
            assertThat(link.isUp()).isTrue();
            assertThat(link.master()).isEmpty();
        });
        assertThat(Peer.run(host, "ip", "-d", "link", "show", "br0"))
                .contains("mtu 1400", "link/ether 02:42:ac:11:00:02", "ageing_time 700 ", "stp_state 0 ")
                .contains("mcast_snooping 0 ");
    }

    @Test
    void aNamespaceOfWhichNoInterfaceWasEverUpHasNoRoutes() {
        assertThat(net.routes().list(IpFamily.IPV4)).isEmpty();
        assertThat(net.routes().list(IpFamily.IPV6)).isEmpty();
    }

    @Test
    void aPairIsMadeWithItsPeerInAnotherNamespaceUnderItsFinalName() {
        int bridge = bridge("br0");
        net.links()
                .create(
                        "vethhost",
                        new Veth("eth0", LinkSettings.NONE.mac(MAC).mtu(1300).in(container)),
                        LinkSettings.NONE.mtu(1300).master(bridge).up());
        assertThat(net.links().find("eth0")).isEmpty();
        assertThat(net.links().get("vethhost").master()).hasValue(bridge);
        inContainer(inside -> {
            inside.links().change(inside.links().get("eth0").index(), LinkSettings.NONE.up());
            Link link = inside.links().get("eth0");
            assertThat(link.mac()).contains(MAC);
            assertThat(link.mtu()).isEqualTo(1300);
            assertThat(link.kind()).isEqualTo("veth");
            assertThat(link.hasCarrier()).isTrue();
        });
        assertThat(Peer.run(host, "ip", "link", "show", "vethhost")).contains("master br0", "state UP", "mtu 1300");
        net.links().delete("vethhost");
        inContainer(inside -> assertThat(inside.links().find("eth0")).isEmpty());
    }

    @Test
    void aFailedPairLeavesNeitherEnd() {
        inContainer(inside -> inside.links().create("eth0", new Bridge(Optional.empty(), true), LinkSettings.NONE));
        assertThatThrownBy(() -> net.links()
                        .create("vethhost", new Veth("eth0", LinkSettings.NONE.in(container)), LinkSettings.NONE))
                .isInstanceOfSatisfying(
                        LinuxException.class,
                        e -> assertThat(e.is(Errno.EEXIST)).isTrue())
                .hasMessageStartingWith("make veth interface vethhost: file exists (EEXIST)");
        assertThat(net.links().list()).extracting(Link::name).containsExactly("lo");
    }

    @Test
    void aMacvlanIsMadeOnAnotherInterfaceInEachMode() {
        int parent = bridge("parent0");
        for (MacvlanMode mode : MacvlanMode.values()) {
            String name = "mac" + mode.ordinal();
            net.links().create(name, new Macvlan(parent, mode), LinkSettings.NONE.up());
            assertThat(net.links().get(name).parent()).hasValue(parent);
            assertThat(Peer.run(host, "ip", "-d", "link", "show", name))
                    .contains("macvlan mode " + mode.name().toLowerCase(Locale.ROOT));
            assertThat(net.links().delete(name)).isTrue();
        }
        net.links()
                .create(
                        "eth0",
                        new Macvlan(parent, MacvlanMode.BRIDGE),
                        LinkSettings.NONE.in(container).mac(MAC));
        inContainer(inside -> assertThat(inside.links().get("eth0").mac()).contains(MAC));
    }

    @Test
    void aKindThatTheKernelLacksIsRefusedByNameAndOthersAreMade() {
        int parent = bridge("parent0");
        for (LinkKind kind :
                List.of(new Ipvlan(parent, IpvlanMode.L3, IpvlanScope.BRIDGE), new Vlan(parent, 10), new Dummy())) {
            String name = kind.kernelName() + "0";
            try {
                net.links().create(name, kind, LinkSettings.NONE);
                assertThat(Peer.run(host, "ip", "-d", "link", "show", name)).contains(kind.kernelName());
            } catch (LinuxException e) {
                assertThat(e)
                        .hasMessage("make " + kind.kernelName() + " interface " + name
                                + ": operation not supported (EOPNOTSUPP): Unknown device type");
                assertThat(net.links().find(name)).isEmpty();
            }
        }
    }

    @Test
    void anInterfaceIsChangedAndMovedUnderAnotherName() {
        int bridge = bridge("br0");
        net.links().create("a0", new Veth("b0", LinkSettings.NONE), LinkSettings.NONE);
        int link = net.links().get("a0").index();
        net.links()
                .change(
                        link,
                        LinkSettings.NONE
                                .name("c0")
                                .mac(MAC)
                                .mtu(1280)
                                .master(bridge)
                                .up());
        net.links().alias(link, "of nobody");
        assertThat(net.links().find(link)).hasValueSatisfying(changed -> {
            assertThat(changed.name()).isEqualTo("c0");
            assertThat(changed.mac()).contains(MAC);
            assertThat(changed.mtu()).isEqualTo(1280);
            assertThat(changed.master()).hasValue(bridge);
            assertThat(changed.isUp()).isTrue();
            assertThat(changed.alias()).contains("of nobody");
        });
        net.links().bridgePort(link, true, true);
        assertThat(Peer.run(host, "ip", "-d", "link", "show", "c0"))
                .contains("hairpin on", "isolated on", "alias of nobody");
        net.links().bridgePort(link, false, false);
        assertThat(Peer.run(host, "ip", "-d", "link", "show", "c0")).contains("hairpin off", "isolated off");
        net.links().alias(link, "");
        net.links().change(link, LinkSettings.NONE.withoutMaster().down());
        assertThat(net.links().get("c0")).satisfies(changed -> {
            assertThat(changed.master()).isEmpty();
            assertThat(changed.isUp()).isFalse();
            assertThat(changed.alias()).isEmpty();
        });
        net.links().change(link, LinkSettings.NONE.in(container).name("eth1").up());
        assertThat(net.links().find("c0")).isEmpty();
        inContainer(inside -> assertThat(inside.links().get("eth1").isUp()).isTrue());
    }

    @Test
    void addressesComeAndGo() {
        int link = bridge("br0");
        IpPrefix four = IpPrefix.parse("172.17.0.1/16");
        IpPrefix six = IpPrefix.parse("fd00:1::1/64");
        net.addresses().add(link, four);
        net.addresses().add(link, six);
        assertThat(net.addresses().list(link)).extracting(Address::prefix).contains(four, six);
        assertThat(net.addresses().list(link))
                .filteredOn(a -> a.prefix().equals(six))
                .noneMatch(Address::isTentative);
        assertThat(Peer.run(host, "ip", "addr", "show", "br0"))
                .contains(
                        "inet 172.17.0.1/16 brd 172.17.255.255 scope global br0",
                        "inet6 fd00:1::1/64 scope global nodad");
        assertThatThrownBy(() -> net.addresses().add(link, four))
                .hasMessageStartingWith("give address 172.17.0.1/16 to interface " + link + ": file exists (EEXIST)");
        assertThat(net.addresses().delete(link, four)).isTrue();
        assertThat(net.addresses().delete(link, four)).isFalse();
        assertThat(net.addresses().delete(link, six)).isTrue();
        assertThat(net.addresses().delete(link, six)).isFalse();
        assertThat(net.addresses().list(link)).extracting(Address::prefix).doesNotContain(four, six);
    }

    @Test
    void routesComeAndGo() {
        int link = bridge("br0");
        net.addresses().add(link, IpPrefix.parse("172.17.0.2/16"));
        net.addresses().add(link, IpPrefix.parse("fd00:1::2/64"));
        for (String gateway : List.of("172.17.0.1", "fd00:1::1")) {
            Route route = Route.defaultVia(InetAddress.ofLiteral(gateway));
            IpFamily family = route.destination().family();
            net.routes().add(route);
            assertThat(net.routes().list(family))
                    .filteredOn(Route::isDefault)
                    .singleElement()
                    .satisfies(found -> {
                        assertThat(found.gateway()).isEqualTo(route.gateway());
                        assertThat(found.link()).hasValue(link);
                    });
            assertThatThrownBy(() -> net.routes().add(route)).hasMessageStartingWith("add the default route by ");
            net.routes().replace(route.over(link));
            assertThat(net.routes().delete(route)).isTrue();
            assertThat(net.routes().delete(route)).isFalse();
            net.routes().add(Route.defaultOver(family, link));
            assertThat(net.routes().delete(Route.defaultOver(family, link))).isTrue();
        }
        net.routes().add(Route.to(IpPrefix.parse("10.1.0.0/16"), link).from(InetAddress.ofLiteral("172.17.0.2")));
        net.routes()
                .add(Route.via(IpPrefix.parse("10.2.0.0/16"), InetAddress.ofLiteral("172.17.0.9"))
                        .metric(5));
        assertThat(Peer.run(host, "ip", "route"))
                .contains(
                        "10.1.0.0/16 dev br0 scope link src 172.17.0.2", "10.2.0.0/16 via 172.17.0.9 dev br0 metric 5");
        assertThat(net.routes().list(IpFamily.IPV4))
                .extracting(route -> route.destination().toString())
                .containsExactlyInAnyOrder("172.17.0.0/16", "10.1.0.0/16", "10.2.0.0/16");
    }

    @Test
    void aGatewayOnNoLinkIsRefusedWithTheKernelsWords() {
        bridge("br0");
        assertThatThrownBy(() -> net.routes().add(Route.defaultVia(InetAddress.ofLiteral("192.0.2.1"))))
                .hasMessage("add the default route by 192.0.2.1: network is unreachable (ENETUNREACH): "
                        + "Nexthop has invalid gateway");
    }

    @Test
    void neighboursComeAndGo() {
        int link = bridge("br0");
        net.addresses().add(link, IpPrefix.parse("172.17.0.1/16"));
        InetAddress address = InetAddress.ofLiteral("172.17.0.2");
        net.neighbours().set(link, address, MAC);
        assertThat(net.neighbours().list(IpFamily.IPV4)).contains(new Neighbour(link, address, Optional.of(MAC), true));
        assertThat(Peer.run(host, "ip", "neigh")).contains("172.17.0.2 dev br0 lladdr 02:42:ac:11:00:02 PERMANENT");
        assertThat(net.neighbours().delete(link, address)).isTrue();
    }

    @Test
    void errorsSayWhatWasBeingDone() {
        bridge("br0");
        assertThatThrownBy(() -> bridge("br0"))
                .isInstanceOfSatisfying(
                        LinuxException.class,
                        e -> assertThat(e.is(Errno.EEXIST)).isTrue())
                .hasMessage("make bridge interface br0: file exists (EEXIST)");
        assertThatThrownBy(() -> net.links().get("absent"))
                .hasMessage("find interface absent: no such device (ENODEV)");
        assertThat(net.links().find(4711)).isEmpty();
        assertThat(net.links().delete("absent")).isFalse();
        assertThat(net.links().delete(4711)).isFalse();
        int link = net.links().get("br0").index();
        assertThatThrownBy(() -> net.links().change(link, LinkSettings.NONE.mtu(70_000)))
                .hasMessage(
                        "change interface " + link + ": invalid argument (EINVAL): mtu greater than device maximum");
        assertThatThrownBy(() -> net.links().alias(link, "x".repeat(256))).isInstanceOf(IllegalArgumentException.class);
    }

    /** A part of an answer has at most 32 KiB. */
    @Test
    void answersOfManyPartsAreReadWhole() {
        for (int i = 0; i < 60; i++) {
            bridge("br" + i);
        }
        assertThat(net.links().list()).hasSize(61);
        int link = net.links().get("br59").index();
        for (int i = 0; i < 1000; i++) {
            net.addresses().add(link, IpPrefix.parse("10.0." + i / 250 + "." + (i % 250 + 1) + "/32"));
        }
        assertThat(net.addresses().list(link))
                .filteredOn(address -> address.prefix().family() == IpFamily.IPV4)
                .extracting(Address::prefix)
                .doesNotHaveDuplicates()
                .hasSize(1000);
    }

    @Test
    void aListenerThatDoesNotReadIsToldThatItHasMissedSomething() {
        int linksGroup = 1;
        NetlinkSocket listening = host.call(() -> NetlinkSocket.listen(NetlinkProtocol.ROUTE, linksGroup, 4096));
        try (listening) {
            assertThat(listening.hear()).isEqualTo(new NetlinkSocket.Heard.Messages(List.of()));
            int link = bridge("br0");
            assertThat(listening.hear())
                    .isInstanceOfSatisfying(
                            NetlinkSocket.Heard.Messages.class,
                            heard -> assertThat(heard.messages()).isNotEmpty());
            for (int i = 0; i < 100; i++) {
                net.links().change(link, LinkSettings.NONE.mtu(1400 + i));
            }
            boolean missed = false;
            for (int i = 0; i < 100 && !missed; i++) {
                missed = listening.hear() instanceof NetlinkSocket.Heard.Overrun;
            }
            assertThat(missed).isTrue();
        }
    }

    @Test
    void anAddressOfAFamilyThatIsSwitchedOffIsRefusedInTheKernelsWords() {
        int link = bridge("br0");
        host.run(() -> InterfaceSysctl.DISABLE_IPV6.write("br0", 1));
        assertThatThrownBy(() -> net.addresses().add(link, IpPrefix.parse("fd00::1/64")))
                .hasMessageStartingWith(
                        "give address fd00::1/64 to interface " + link + ": permission denied (EACCES): ")
                .hasMessageEndingWith("IPv6 is disabled on this device");
    }

    @Test
    void manyThreadsShareOne() throws InterruptedException {
        List<Thread> threads = IntStream.range(0, 20)
                .mapToObj(i -> Thread.ofVirtual().unstarted(() -> {
                    bridge("br" + i);
                    net.addresses().add(net.links().get("br" + i).index(), IpPrefix.parse("10.0." + i + ".1/24"));
                }))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(net.addresses().list())
                .filteredOn(a -> a.prefix().family() == IpFamily.IPV4)
                .hasSize(20);
    }

    private int bridge(String name) {
        net.links().create(name, new Bridge(Optional.empty(), true), LinkSettings.NONE.up());
        return net.links().get(name).index();
    }

    private void inContainer(Consumer<Rtnetlink> work) {
        try (Rtnetlink inside = Rtnetlink.open(container)) {
            work.accept(inside);
        }
    }
}
