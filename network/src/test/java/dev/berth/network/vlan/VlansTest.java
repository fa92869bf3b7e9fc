package dev.berth.network.vlan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.linux.LinuxException;
import dev.berth.linux.netlink.IpFamily;
import dev.berth.linux.netlink.Link;
import dev.berth.linux.netlink.LinkKind;
import dev.berth.linux.netlink.LinkSettings;
import dev.berth.linux.netlink.Route;
import dev.berth.linux.netlink.Rtnetlink;
import dev.berth.network.NetworkException;
import dev.berth.network.Peer;
import dev.berth.network.address.HardwareAddresses;
import dev.berth.network.address.IpAddress;
import dev.berth.network.address.IpPrefix;
import dev.berth.network.endpoint.EndpointSpec;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two containers and another host on the network of a host's interface. */
@Needs(Need.ROOT)
class VlansTest {
    private static final String NETWORK = "0123456789abcdef";

    private final Peer host = new Peer("host");
    private final Peer neighbour = new Peer("neighbour");
    private final Peer one = new Peer("one");
    private final Peer other = new Peer("other");
    private final Vlans vlans = new Vlans(host.namespace);
    private final Rtnetlink onHost = Rtnetlink.open(host.namespace);

    @BeforeEach
    void join() {
        onHost.links()
                .create(
                        "lan0",
                        new LinkKind.Veth("lan0", LinkSettings.NONE.in(neighbour.namespace)),
                        LinkSettings.NONE);
        onHost.links().change(onHost.links().get("lan0").index(), LinkSettings.NONE.up());
        try (Rtnetlink there = Rtnetlink.open(neighbour.namespace)) {
            int link = there.links().get("lan0").index();
            there.addresses().add(link, IpPrefix.of("192.168.50.2/24").forLink());
            there.links().change(link, LinkSettings.NONE.up());
        }
        neighbour.serve("0.0.0.0", 80);
        one.serve("0.0.0.0", 80);
    }

    @AfterEach
    void close() throws IOException {
        vlans.close();
        onHost.close();
        for (Peer peer : List.of(one, other, neighbour, host)) {
            peer.close();
        }
    }

    private static VlanSpec spec(String driver, Map<String, String> options) {
        return VlanSpec.parse(NETWORK, driver, false, options);
    }

    private static EndpointSpec endpoint(int number, String... gateways) {
        IpPrefix address = IpPrefix.of("192.168.50." + number + "/24");
        return new EndpointSpec(
                String.valueOf(number).repeat(20),
                Optional.empty(),
                List.of(address),
                HardwareAddresses.of(address.address()),
                List.of(gateways).stream().map(IpAddress::of).toList(),
                Map.of());
    }

    @Test
    void containersAreHostsOfTheirOwnOnTheParentsNetwork() {
        areHosts(spec("macvlan", Map.of("parent", "lan0")));
        try (Rtnetlink inside = Rtnetlink.open(one.namespace)) {
            assertThat(inside.links().get("eth0").mac()).contains(endpoint(11).mac());
        }
    }

    @Test
    void containersShareTheParentsAddressWhereTheKernelCan() {
        for (String mode : List.of("l2", "l3", "l3s")) {
            VlanSpec spec = spec("ipvlan", Map.of("parent", "lan0", "ipvlan_mode", mode));
            assertThat(spec.isRouted()).isEqualTo(!mode.equals("l2"));
            if (!hasIpvlan()) {
                assertThatThrownBy(() -> vlans.attach(spec, endpoint(11), one.namespace))
                        .hasMessageEndingWith("this host's kernel has no ipvlan (modprobe ipvlan may load it)");
            } else if (spec.isRouted()) {
                vlans.attach(spec, endpoint(11, "0.0.0.0"), one.namespace);
                vlans.attach(spec, endpoint(12, "0.0.0.0"), other.namespace);
                assertThat(other.ask("192.168.50.11", 80)).isEqualTo("one 192.168.50.12");
                vlans.detach("eth0", one.namespace);
                vlans.detach("eth0", other.namespace);
            } else {
                areHosts(spec);
                vlans.detach("eth0", one.namespace);
            }
        }
    }

    private void areHosts(VlanSpec spec) {
        vlans.ensure(spec);
        assertThat(vlans.attach(spec, endpoint(11), one.namespace)).isEqualTo("eth0");
        vlans.attach(spec, endpoint(12), other.namespace);
        assertThat(one.ask("192.168.50.2", 80)).isEqualTo("neighbour 192.168.50.11");
        assertThat(other.ask("192.168.50.11", 80)).isEqualTo("one 192.168.50.12");
        vlans.detach("eth0", other.namespace);
        vlans.detach("eth0", other.namespace);
        vlans.remove(spec);
        assertThat(onHost.links().find("lan0")).isPresent();
    }

    private boolean hasIpvlan() {
        return hasKind(parent -> new LinkKind.Ipvlan(parent, LinkKind.IpvlanMode.L2, LinkKind.IpvlanScope.BRIDGE));
    }

    private boolean hasKind(IntFunction<LinkKind> kind) {
        try {
            int parent = onHost.links().get("lan0").index();
            onHost.links().create("try0", kind.apply(parent), LinkSettings.NONE);
            return onHost.links().delete("try0");
        } catch (LinuxException e) {
            return false;
        }
    }

    @Test
    void privateEndpointsDoNotReachEachOther() {
        VlanSpec spec = spec("macvlan", Map.of("parent", "lan0", "macvlan_mode", "private"));
        vlans.attach(spec, endpoint(11), one.namespace);
        vlans.attach(spec, endpoint(12), other.namespace);
        assertThat(other.askInVain("192.168.50.11", 80)).startsWith("nothing");
        assertThat(other.ask("192.168.50.2", 80)).isEqualTo("neighbour 192.168.50.12");
    }

    @Test
    void anEndpointWithoutAGatewayMaySendEverythingOverItsLink() {
        assertThat(spec("ipvlan", Map.of("ipvlan_mode", "l3")).isRouted()).isTrue();
        VlanSpec spec = spec("macvlan", Map.of("parent", "lan0"));
        assertThat(spec.isRouted()).isFalse();
        vlans.attach(spec, endpoint(11, "0.0.0.0"), one.namespace);
        try (Rtnetlink inside = Rtnetlink.open(one.namespace)) {
            assertThat(inside.routes().list(IpFamily.IPV4))
                    .filteredOn(Route::isDefault)
                    .extracting(Route::gateway)
                    .containsExactly(Optional.empty());
        }
    }

    @Test
    void aNetworkWithoutAParentIsOnOneThatLeadsNowhere() {
        VlanSpec spec = VlanSpec.parse(NETWORK, "macvlan", true, Map.of("parent", "lan0"));
        vlans.ensure(spec);
        vlans.ensure(spec);
        vlans.attach(spec, endpoint(11), one.namespace);
        vlans.attach(spec, endpoint(12), other.namespace);
        assertThat(other.ask("192.168.50.11", 80)).isEqualTo("one 192.168.50.12");
        assertThat(one.askInVain("192.168.50.2", 80)).startsWith("nothing");
        vlans.remove(spec);
        vlans.remove(spec);
        assertThat(onHost.links().list()).extracting(Link::name).doesNotContain("dm-0123456789ab", "dn-0123456789ab");
    }

    @Test
    void aSubInterfaceIsMadeForItsNetworkAndGoesWithIt() {
        VlanSpec spec = spec("macvlan", Map.of("parent", "lan0.10"));
        if (!hasKind(parent -> new LinkKind.Vlan(parent, 9))) {
            assertThatThrownBy(() -> vlans.ensure(spec))
                    .hasMessage(
                            "create interface lan0.10: this host's kernel has no vlan (modprobe 8021q may load it)");
            assertThat(onHost.links().find("lan0.10")).isEmpty();
            return;
        }
        vlans.ensure(spec);
        vlans.ensure(spec);
        assertThat(onHost.links().get("lan0.10"))
                .satisfies(made -> assertThat(made.kind()).isEqualTo("vlan"))
                .satisfies(made -> assertThat(made.isUp()).isTrue());
        vlans.attach(spec, endpoint(11), one.namespace);
        vlans.attach(spec, endpoint(12), other.namespace);
        assertThat(other.ask("192.168.50.11", 80)).isEqualTo("one 192.168.50.12");
        assertThat(one.askInVain("192.168.50.2", 80)).startsWith("nothing"); // who is not in the VLAN
        vlans.remove(spec);
        vlans.remove(spec);
        assertThat(onHost.links().find("lan0.10")).isEmpty();
        assertThat(onHost.links().find("lan0")).isPresent();
    }

    @Test
    void anInterfaceOfTheHostsThatIsCalledLikeASubInterfaceIsUsedAndStays() {
        onHost.links().create("lan0.7", new LinkKind.Veth("lan1.7", LinkSettings.NONE), LinkSettings.NONE.up());
        onHost.links().change(onHost.links().get("lan1.7").index(), LinkSettings.NONE.up());
        VlanSpec spec = spec("macvlan", Map.of("parent", "lan0.7"));
        vlans.ensure(spec);
        assertThat(vlans.attach(spec, endpoint(11), one.namespace)).isEqualTo("eth0");
        vlans.remove(spec);
        assertThat(onHost.links().find("lan0.7")).isPresent();
    }

    @Test
    void aSubInterfaceThatCannotBeIsRefusedInDockersWords() {
        refused("lan9.10", "-o parent interface was not found on the host: lan9");
        refused("lan0.4095", "vlan id must be between 1-4094, received: 4095");
        refused("lan0.0", "vlan id must be between 1-4094, received: 0");
        refused("lan0.x", "unable to parse a valid vlan id from: x (ex. eth0.10 for vlan 10)");
        refused(
                "lan0.1.2",
                "required interface name format is: name.vlan_id, ex. eth0.10 for vlan 10, instead received lan0.1.2");
    }

    private void refused(String parent, String message) {
        assertThatThrownBy(() -> vlans.ensure(spec("ipvlan", Map.of("parent", parent))))
                .isInstanceOf(NetworkException.class)
                .hasMessage(message);
    }

    @Test
    void whatMakesNoSenseIsRefusedByName() {
        assertThatThrownBy(() -> vlans.ensure(spec("macvlan", Map.of("parent", "lan9"))))
                .isInstanceOf(NetworkException.class)
                .hasMessage("-o parent interface was not found on the host: lan9");
        assertThatThrownBy(() -> spec("macvlan", Map.of("macvlan_mode", "open")))
                .hasMessage("requested macvlan_mode 'open' is not valid, 'bridge' is the default");
        assertThatThrownBy(() -> spec("ipvlan", Map.of("ipvlan_mode", "L2")))
                .hasMessage("requested ipvlan_mode 'L2' is not valid, 'l2' is the default");
        assertThatThrownBy(() -> spec("ipvlan", Map.of("macvlan_mode", "bridge")))
                .hasMessage("the ipvlan driver has no option macvlan_mode; leave it out");
        assertThatThrownBy(() -> spec("macvlan", Map.of("parent", "a/b")))
                .hasMessageStartingWith("failed to parse parent");
        EndpointSpec good = endpoint(11);
        EndpointSpec bad = new EndpointSpec(
                good.id(),
                good.interfaceName(),
                good.addresses(),
                good.mac(),
                List.of(IpAddress.of("10.9.0.1")),
                Map.of());
        VlanSpec spec = spec("macvlan", Map.of("parent", "lan0"));
        assertThatThrownBy(() -> vlans.attach(spec, bad, one.namespace)).isInstanceOf(NetworkException.class);
        assertThat(vlans.attach(spec, good, one.namespace)).isEqualTo("eth0");
    }
}
