package dev.berth.network.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.linux.netlink.Address;
import dev.berth.linux.netlink.InterfaceSysctl;
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
import dev.berth.network.endpoint.ContainerSide;
import dev.berth.network.endpoint.EndpointSpec;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bridges in a namespace that plays the host; nothing is on the machine's own. */
@Needs(Need.ROOT)
class BridgesTest {
    private static final String NETWORK = "0123456789abcdef0123456789abcdef";

    private final Peer host = new Peer("host");
    private final Peer one = new Peer("one");
    private final Peer other = new Peer("other");
    private final Bridges bridges = new Bridges(host.namespace);
    private final Rtnetlink onHost = Rtnetlink.open(host.namespace);

    @AfterEach
    void close() throws Exception {
        bridges.close();
        onHost.close();
        one.close();
        other.close();
        host.close();
    }

    private static BridgeSpec spec(BridgeOptions options, String... gateways) {
        return new BridgeSpec(
                NETWORK,
                BridgeSpec.interfaceName(NETWORK, options),
                List.of(gateways).stream().map(IpPrefix::of).toList(),
                false,
                options);
    }

    private static EndpointSpec endpoint(int number, String... addresses) {
        String id = String.valueOf(number).repeat(64);
        return new EndpointSpec(
                id,
                Optional.empty(),
                List.of(addresses).stream().map(IpPrefix::of).toList(),
                HardwareAddresses.of(IpAddress.of("10.1.0." + number)),
                List.of(IpAddress.of("10.1.0.1")),
                Map.of());
    }

    private static BridgeOptions options(String... pairs) {
        return BridgeOptions.parse(pairs.length == 0 ? Map.of() : Map.of(pairs[0], pairs[1]));
    }

    private List<String> names(Rtnetlink network) {
        return network.links().list().stream().map(Link::name).toList();
    }

    @Test
    void twoContainersAndTheHostReachEachOtherByBothFamilies() {
        BridgeSpec spec = spec(options(), "10.1.0.1/24", "fd00:1::1/64");
        bridges.ensure(spec);
        assertThat(bridges.attach(spec, endpoint(2, "10.1.0.2/24", "fd00:1::2/64"), one.namespace))
                .isEqualTo("eth0");
        bridges.attach(spec, endpoint(3, "10.1.0.3/24", "fd00:1::3/64"), other.namespace);
        one.serve("0.0.0.0", 80);
        one.serve("::", 81);
        assertThat(other.ask("10.1.0.2", 80)).isEqualTo("one 10.1.0.3");
        assertThat(other.ask("fd00:1::2", 81)).isEqualTo("one fd00:1::3");
        assertThat(host.ask("10.1.0.2", 80)).isEqualTo("one 10.1.0.1");
        assertThat(host.ask("fd00:1::2", 81)).isEqualTo("one fd00:1::1");
    }

    @Test
    void noAddressWaitsUntilNobodyHasClaimedIt() {
        BridgeSpec spec = spec(options(), "10.1.0.1/24", "fd00:1::1/64");
        bridges.ensure(spec);
        bridges.attach(spec, endpoint(2, "10.1.0.2/24", "fd00:1::2/64"), one.namespace);
        assertThat(one.namespace.call(() -> InterfaceSysctl.ACCEPT_DAD.read("eth0")))
                .isZero();
        assertThat(host.namespace.call(() -> InterfaceSysctl.ACCEPT_DAD.read(spec.interfaceName())))
                .isZero();
    }

    @Test
    void anEndpointHasWhatItWasSaidToHave() {
        BridgeSpec spec = spec(options("com.docker.network.driver.mtu", "1400"), "10.1.0.1/24");
        bridges.ensure(spec);
        EndpointSpec endpoint = new EndpointSpec(
                "ab".repeat(32),
                Optional.of("lan5"),
                List.of(IpPrefix.of("10.1.0.9/24")),
                HardwareAddresses.of(IpAddress.of("10.1.0.9")),
                List.of(IpAddress.of("10.1.0.1")),
                Map.of("net.ipv4.conf.IFNAME.log_martians", "1"));
        assertThat(bridges.attach(spec, endpoint, one.namespace)).isEqualTo("lan5");
        try (Rtnetlink inside = Rtnetlink.open(one.namespace)) {
            Link link = inside.links().get("lan5");
            assertThat(link.mtu()).isEqualTo(1400);
            assertThat(link.mac()).contains(endpoint.mac());
            assertThat(link.isUp()).isTrue();
            assertThat(inside.addresses().list(link.index()))
                    .extracting(Address::prefix)
                    .extracting(Object::toString)
                    .containsExactly("10.1.0.9/24");
            assertThat(inside.routes().list(IpFamily.IPV4))
                    .filteredOn(Route::isDefault)
                    .extracting(route -> route.gateway().map(Object::toString))
                    .containsExactly(Optional.of("/10.1.0.1"));
        }
        one.namespace.run(() -> {
            assertThat(InterfaceSysctl.DISABLE_IPV6.read("lan5")).isEqualTo(1);
            assertThat(Path.of("/proc/sys/net/ipv4/conf/lan5/log_martians")).hasContent("1");
        });
        assertThat(onHost.links().get("br-0123456789ab").mtu()).isEqualTo(1400);
    }

    @Test
    void nothingIsLeftWhenAllIsTakenAway() {
        List<String> before = names(onHost);
        BridgeSpec spec = spec(options(), "10.1.0.1/24");
        bridges.ensure(spec);
        for (int i = 0; i < 20; i++) {
            EndpointSpec endpoint = endpoint(2, "10.1.0.2/24");
            bridges.attach(spec, endpoint, one.namespace);
            bridges.detach(endpoint);
            bridges.detach(endpoint);
        }
        bridges.remove(spec);
        bridges.remove(spec);
        assertThat(names(onHost)).isEqualTo(before);
        try (Rtnetlink inside = Rtnetlink.open(one.namespace)) {
            assertThat(inside.addresses().list()).allMatch(address -> address.link() == 1);
        }
    }

    @Test
    void whatAnEngineThatDiedHasLeftIsTakenUp() {
        BridgeSpec spec = spec(options(), "10.1.0.1/24");
        bridges.ensure(spec);
        int index = onHost.links().get(spec.interfaceName()).index();
        EndpointSpec endpoint = endpoint(2, "10.1.0.2/24");
        bridges.attach(spec, endpoint, one.namespace);
        try (Bridges next = new Bridges(host.namespace)) {
            next.ensure(spec);
            assertThat(onHost.links().get(spec.interfaceName()).index()).isEqualTo(index);
            next.attach(spec, endpoint, other.namespace); // of the same endpoint there is one
            one.serve("127.0.0.1", 9);
            other.serve("0.0.0.0", 80);
            assertThat(host.ask("10.1.0.2", 80)).isEqualTo("other 10.1.0.1");
            next.detach(endpoint);
            next.remove(spec);
        }
        assertThat(names(onHost)).doesNotContain(spec.interfaceName());
    }

    @Test
    void aBridgeThatAnEngineDiedOverIsMadeAnewOrRemoved() {
        List<String> before = names(onHost);
        BridgeSpec spec = spec(options(), "10.1.0.1/24");
        onHost.links().create(spec.unfinishedName(), LinkKind.Bridge.DEFAULT, LinkSettings.NONE);
        bridges.ensure(spec);
        assertThat(names(onHost)).contains(spec.interfaceName()).doesNotContain(spec.unfinishedName());
        bridges.remove(spec);
        onHost.links().create(spec.unfinishedName(), LinkKind.Bridge.DEFAULT, LinkSettings.NONE);
        bridges.remove(spec);
        assertThat(names(onHost)).isEqualTo(before);
    }

    @Test
    void anInterfaceOfTheHostsIsNotTakenForABridgeOfOurs() {
        onHost.links().create("lab0", LinkKind.Bridge.DEFAULT, LinkSettings.NONE);
        BridgeSpec spec = spec(options("com.docker.network.bridge.name", "lab0"), "10.1.0.1/24");
        assertThatThrownBy(() -> bridges.ensure(spec))
                .isInstanceOf(NetworkException.class)
                .hasMessageStartingWith("create bridge lab0: the host has an interface of that name; ");
        bridges.remove(spec);
        assertThat(onHost.links().find("lab0")).isPresent();
    }

    @Test
    void aFailedAttachmentLeavesNothing() {
        BridgeSpec spec = spec(options(), "10.1.0.1/24");
        bridges.ensure(spec);
        List<String> before = names(onHost);
        EndpointSpec good = endpoint(2, "10.1.0.2/24");
        EndpointSpec badSysctl = new EndpointSpec(
                good.id(),
                good.interfaceName(),
                good.addresses(),
                good.mac(),
                good.gateways(),
                Map.of("net.ipv4.conf.IFNAME.no_such_setting", "1"));
        EndpointSpec badGateway = new EndpointSpec(
                good.id(),
                good.interfaceName(),
                good.addresses(),
                good.mac(),
                List.of(IpAddress.of("10.9.0.1")),
                Map.of());
        assertThatThrownBy(() -> bridges.attach(spec, badSysctl, one.namespace))
                .hasMessageContaining("net.ipv4.conf.eth0.no_such_setting");
        assertThatThrownBy(() -> bridges.attach(spec, badGateway, one.namespace))
                .isInstanceOf(NetworkException.class)
                .hasMessageContaining("10.9.0.1");
        EndpointSpec elsewhere = new EndpointSpec(
                good.id(),
                good.interfaceName(),
                good.addresses(),
                good.mac(),
                good.gateways(),
                Map.of("kernel.x", "1"));
        assertThatThrownBy(() -> bridges.attach(spec, elsewhere, one.namespace))
                .hasMessageStartingWith("sysctl kernel.x is none of an interface's");
        assertThat(names(onHost)).isEqualTo(before);
        assertThat(bridges.attach(spec, good, one.namespace)).isEqualTo("eth0");
    }

    @Test
    void endpointsThatMayNotReachEachOtherReachTheHost() {
        BridgeSpec spec = spec(options("com.docker.network.bridge.enable_icc", "false"), "10.1.0.1/24");
        bridges.ensure(spec);
        bridges.attach(spec, endpoint(2, "10.1.0.2/24"), one.namespace);
        bridges.attach(spec, endpoint(3, "10.1.0.3/24"), other.namespace);
        one.serve("0.0.0.0", 80);
        host.serve("0.0.0.0", 81);
        assertThat(other.askInVain("10.1.0.2", 80)).startsWith("nothing");
        assertThat(other.ask("10.1.0.1", 81)).isEqualTo("host 10.1.0.3");
        assertThat(host.ask("10.1.0.2", 80)).isEqualTo("one 10.1.0.1");
    }

    @Test
    void anInterfacesNameIsOfOneEndpointAlone() {
        BridgeSpec spec = spec(options(), "10.1.0.1/24");
        bridges.ensure(spec);
        EndpointSpec any = endpoint(2, "10.1.0.2/24");
        EndpointSpec named = new EndpointSpec(
                any.id(), Optional.of("lan0"), any.addresses(), any.mac(), any.gateways(), any.sysctls());
        assertThat(bridges.attach(spec, named, one.namespace)).isEqualTo("lan0");
        EndpointSpec same = endpoint(3, "10.1.0.3/24");
        assertThatThrownBy(() -> bridges.attach(
                        spec,
                        new EndpointSpec(
                                same.id(),
                                Optional.of("lan0"),
                                same.addresses(),
                                same.mac(),
                                same.gateways(),
                                same.sysctls()),
                        one.namespace))
                .hasMessage("the container has an interface lan0 already; give this one another name");
        assertThat(bridges.attach(spec, same, one.namespace)).isEqualTo("eth0");
    }

    @Test
    void aContainersGatewayCanBeChangedAndTakenAway() {
        BridgeSpec spec = spec(options(), "10.1.0.1/24");
        bridges.ensure(spec);
        bridges.attach(spec, endpoint(2, "10.1.0.2/24"), one.namespace);
        try (Rtnetlink inside = Rtnetlink.open(one.namespace)) {
            ContainerSide.changeGateways(one.namespace, "eth0", List.of(IpAddress.of("10.1.0.7")));
            assertThat(inside.routes().list(IpFamily.IPV4))
                    .filteredOn(Route::isDefault)
                    .extracting(route -> route.gateway().map(Object::toString))
                    .containsExactly(Optional.of("/10.1.0.7"));
            ContainerSide.changeGateways(one.namespace, "", List.of());
            assertThat(inside.routes().list(IpFamily.IPV4)).noneMatch(Route::isDefault);
            ContainerSide.changeGateways(one.namespace, "eth0", List.of(IpAddress.ANY_IPV4));
            ContainerSide.changeGateways(one.namespace, "eth0", List.of(IpAddress.of("10.1.0.1")));
            ContainerSide.changeGateways(one.namespace, "eth0", List.of(IpAddress.ANY_IPV4));
            assertThat(inside.routes().list(IpFamily.IPV4))
                    .filteredOn(Route::isDefault)
                    .containsExactly(Route.defaultOver(
                            IpFamily.IPV4, inside.links().get("eth0").index()));
            ContainerSide.changeGateways(one.namespace, "", List.of());
            assertThat(inside.routes().list(IpFamily.IPV4)).noneMatch(Route::isDefault);
        }
    }

    @Test
    void theHostsNetworksAreThoseThatItIsOn() {
        bridges.ensure(spec(options(), "10.1.0.1/24"));
        assertThat(bridges.hostNetworks()).contains(IpPrefix.of("10.1.0.0/24"));
        assertThat(Files.exists(Path.of("/sys/class/net/br-0123456789ab"))).isFalse();
    }
}
