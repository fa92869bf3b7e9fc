package dev.berth.network.ipam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.network.NetworkException;
import dev.berth.network.address.Family;
import dev.berth.network.address.IpAddress;
import dev.berth.network.address.IpPrefix;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AddressPlanTest {
    private final AddressPlan plan = new AddressPlan(DefaultPool.docker("host"));

    private Subnet subnet(String prefix) {
        return plan.request(SubnetRequest.of(IpPrefix.of(prefix)), List.of());
    }

    @Test
    void networksThatAskForNothingGetDockersPoolsInDockersOrder() {
        List<String> given = IntStream.range(0, 17)
                .mapToObj(i -> plan.request(SubnetRequest.any(Family.IPV4), List.of())
                        .prefix()
                        .toString())
                .toList();
        assertThat(given.subList(0, 4))
                .containsExactly("172.17.0.0/16", "172.18.0.0/16", "172.19.0.0/16", "172.20.0.0/16");
        assertThat(given.subList(14, 17)).containsExactly("172.31.0.0/16", "192.168.0.0/20", "192.168.16.0/20");
    }

    @Test
    void aSubnetThatTheHostHasARouteToIsNotChosen() {
        List<IpPrefix> routes =
                List.of(IpPrefix.of("172.17.5.0/24"), IpPrefix.of("172.18.0.0/15"), IpPrefix.of("::/0"));
        assertThat(plan.request(SubnetRequest.any(Family.IPV4), routes).prefix())
                .hasToString("172.20.0.0/16");
    }

    @Test
    void whenAllAreGivenNetworksAreToldSo() {
        AddressPlan small = new AddressPlan(List.of(new DefaultPool(IpPrefix.of("10.0.0.0/23"), 24)));
        small.request(SubnetRequest.any(Family.IPV4), List.of());
        Subnet second = small.request(SubnetRequest.any(Family.IPV4), List.of());
        assertThatThrownBy(() -> small.request(SubnetRequest.any(Family.IPV4), List.of()))
                .isInstanceOf(NetworkException.class)
                .hasMessage("all predefined address pools have been fully subnetted");
        small.release(second);
        assertThat(small.request(SubnetRequest.any(Family.IPV4), List.of()).prefix())
                .hasToString("10.0.1.0/24");
    }

    @Test
    void anIpv6SubnetIsTheSameOnOneHostAndAnotherOnAnother() {
        IpPrefix here = plan.request(SubnetRequest.any(Family.IPV6), List.of()).prefix();
        assertThat(here)
                .isEqualTo(new AddressPlan(DefaultPool.docker("host"))
                        .request(SubnetRequest.any(Family.IPV6), List.of())
                        .prefix());
        assertThat(here)
                .isNotEqualTo(new AddressPlan(DefaultPool.docker("other"))
                        .request(SubnetRequest.any(Family.IPV6), List.of())
                        .prefix());
        assertThat(here.bits()).isEqualTo(64);
        assertThat(IpPrefix.of("fd00::/8").contains(here)).isTrue();
    }

    @Test
    void aSizeCanBeAskedForWithoutAnAddress() {
        subnet("172.17.0.0/16");
        SubnetRequest any24 = SubnetRequest.of(IpPrefix.of("0.0.0.0/24"));
        assertThat(plan.request(any24, List.of()).prefix()).hasToString("172.18.0.0/24");
        assertThat(plan.request(any24, List.of()).prefix()).hasToString("172.18.1.0/24");
        assertThatThrownBy(() -> plan.request(SubnetRequest.of(IpPrefix.of("0.0.0.0/8")), List.of()))
                .hasMessage("invalid address pool");
    }

    @Test
    void aSubnetThatOverlapsAnothersIsRefusedInDockersWords() {
        subnet("10.1.0.0/16");
        assertThatThrownBy(() -> subnet("10.0.0.0/8"))
                .hasMessage("invalid pool request: Pool overlaps with other one on this address space")
                .extracting(e -> ((NetworkException) e).kind())
                .isEqualTo(NetworkException.Kind.FORBIDDEN);
        assertThatThrownBy(() -> subnet("10.1.2.0/24")).isInstanceOf(NetworkException.class);
        assertThat(subnet("10.2.0.0/16").prefix()).hasToString("10.2.0.0/16");
    }

    @Test
    void theGatewayIsTheFirstAddressAndEndpointsFollowIt() {
        Subnet subnet = subnet("10.1.0.0/29");
        assertThat(subnet.gateway()).contains(IpAddress.of("10.1.0.1"));
        assertThat(subnet.takeAny()).hasToString("10.1.0.2");
        assertThat(subnet.takeAny()).hasToString("10.1.0.3");
        subnet.release(IpAddress.of("10.1.0.2"));
        assertThat(subnet.takeAny()).hasToString("10.1.0.2");
    }

    @Test
    void addressesComeFromTheRangeAndFixedOnesFromTheWholeSubnet() {
        Subnet subnet = plan.request(
                SubnetRequest.of(IpPrefix.of("10.1.0.0/16"))
                        .withRange(IpPrefix.of("10.1.5.0/30"))
                        .withGateway(IpAddress.of("10.1.0.254"))
                        .withAuxiliary(Map.of("printer", IpAddress.of("10.1.5.1"))),
                List.of());
        assertThat(subnet.takeAny()).hasToString("10.1.5.0");
        assertThat(subnet.takeAny()).hasToString("10.1.5.2");
        assertThat(subnet.take(IpAddress.of("10.1.9.9"))).hasToString("10.1.9.9");
        assertThat(subnet.available()).isEqualTo(1);
        assertThat(subnet.takeAny()).hasToString("10.1.5.3");
        assertThatThrownBy(subnet::takeAny).hasMessage("no available addresses on this pool");
        assertThatThrownBy(() -> subnet.take(IpAddress.of("10.1.5.1"))).hasMessage("Address already in use");
        assertThatThrownBy(() -> subnet.take(IpAddress.of("10.1.255.255"))).hasMessage("Address already in use");
        assertThatThrownBy(() -> subnet.take(IpAddress.of("10.2.0.1"))).hasMessage("requested address is out of range");
    }

    @Test
    void aNetworkWhoseGatewayCannotBeHadLeavesItsSubnetFree() {
        assertThatThrownBy(() -> plan.request(
                        SubnetRequest.of(IpPrefix.of("10.1.0.0/24")).withGateway(IpAddress.of("10.1.0.0")), List.of()))
                .hasMessage("failed to allocate gateway (10.1.0.0): Address already in use");
        assertThatThrownBy(() -> plan.request(
                        SubnetRequest.of(IpPrefix.of("10.1.0.0/24"))
                                .withAuxiliary(Map.of("router", IpAddress.of("10.9.0.1"))),
                        List.of()))
                .hasMessage("auxiliary address: (router:10.9.0.1) must belong to the master pool: 10.1.0.0/24");
        assertThat(subnet("10.1.0.0/24").prefix()).hasToString("10.1.0.0/24");
    }

    @Test
    void anEndpointGetsItsAddressFromTheFirstSubnetThatHasOne() {
        List<Subnet> subnets = List.of(subnet("10.1.0.0/30"), subnet("10.2.0.0/30"));
        assertThat(AddressPlan.assign("web (4f1)", Family.IPV4, subnets, Optional.empty())
                        .withPrefix())
                .hasToString("10.1.0.2/30");
        assertThat(AddressPlan.assign("web (4f1)", Family.IPV4, subnets, Optional.empty())
                        .address())
                .hasToString("10.2.0.2");
        assertThatThrownBy(() -> AddressPlan.assign("web (4f1)", Family.IPV4, subnets, Optional.empty()))
                .hasMessage("no available IPv4 addresses on this network's address pools: web (4f1)");
        Optional<IpAddress> elsewhere = Optional.of(IpAddress.of("10.3.0.2"));
        assertThatThrownBy(() -> AddressPlan.assign("web (4f1)", Family.IPV4, subnets, elsewhere))
                .hasMessage("invalid address 10.3.0.2: It does not belong to any of this network's subnets");
    }

    @Test
    void aBlockOfTwoAddressesIsUsedWhole() {
        Subnet subnet =
                plan.request(SubnetRequest.of(IpPrefix.of("10.1.0.0/31")).withoutGateway(), List.of());
        assertThat(subnet.takeAny()).hasToString("10.1.0.0");
        assertThat(subnet.takeAny()).hasToString("10.1.0.1");
    }

    @Test
    void whatDoesNotFitTogetherIsNamedInDockersWords() {
        SubnetRules.check(List.of(SubnetRequest.any(Family.IPV4), SubnetRequest.of(IpPrefix.of("10.0.0.0/8"))));
        assertThatThrownBy(() -> SubnetRules.check(List.of(SubnetRequest.of(IpPrefix.of("10.0.0.1/8")))))
                .hasMessage("invalid network config:\ninvalid subnet 10.0.0.1/8: it should be 10.0.0.0/8");
        assertThatThrownBy(() -> SubnetRules.check(List.of(SubnetRequest.of(IpPrefix.of("10.0.0.0/24"))
                        .withRange(IpPrefix.of("10.0.0.0/16"))
                        .withGateway(IpAddress.of("fd00::1"))
                        .withAuxiliary(Map.of("a", IpAddress.of("10.1.0.1"))))))
                .hasMessage("""
                        invalid network config:
                        * invalid ip-range 10.0.0.0/16: CIDR block is bigger than its parent subnet 10.0.0.0/24
                        * invalid gateway fd00::1: parent subnet is an IPv4 block
                        * invalid auxiliary address a: parent subnet 10.0.0.0/24 doesn't contain this address""");
    }
}
