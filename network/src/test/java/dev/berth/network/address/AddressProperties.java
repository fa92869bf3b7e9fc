package dev.berth.network.address;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.linux.netlink.MacAddress;
import java.math.BigInteger;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class AddressProperties {
    @Property
    void whatIsPrintedIsReadBack(@ForAll("addresses") IpAddress address) {
        assertThat(IpAddress.parse(address.toString())).contains(address);
        assertThat(IpAddress.of(address.bytes())).isEqualTo(address);
        assertThat(IpAddress.of(address.inet())).isEqualTo(address);
    }

    @Property
    void noTextMakesTheParserFail(@ForAll String text) {
        IpAddress.parse(text)
                .ifPresent(
                        address -> assertThat(IpAddress.of(address.toString())).isEqualTo(address));
        IpPrefix.parse(text)
                .ifPresent(prefix -> assertThat(IpPrefix.of(prefix.toString())).isEqualTo(prefix));
    }

    @Property
    void aPrefixHasItsFirstAndItsLastAddressAndNoneBeside(@ForAll("prefixes") IpPrefix prefix) {
        assertThat(prefix.contains(prefix.first())).isTrue();
        assertThat(prefix.contains(prefix.last())).isTrue();
        assertThat(prefix.contains(prefix.address())).isTrue();
        assertThat(prefix.last().value().subtract(prefix.first().value()).add(BigInteger.ONE))
                .isEqualTo(prefix.size());
        if (!prefix.first().isAny()) {
            assertThat(prefix.contains(prefix.first().plus(-1))).isFalse();
        }
    }

    @Property
    void twoPrefixesOverlapWhereOneHoldsTheFirstOfTheOther(
            @ForAll("prefixes") IpPrefix one, @ForAll("prefixes") IpPrefix other) {
        assertThat(one.overlaps(other)).isEqualTo(one.contains(other.first()) || other.contains(one.first()));
        assertThat(one.overlaps(other)).isEqualTo(other.overlaps(one));
    }

    @Property
    void aHardwareAddressGivenAtRandomIsNoGroupsAndNoManufacturers(@ForAll long seed) {
        MacAddress mac = HardwareAddresses.random(new Random(seed));
        assertThat(mac.isMulticast()).isFalse();
        assertThat(mac.bytes()[0] & 0x02).isEqualTo(0x02);
    }

    @Example
    void textsAreReadAsDockerReadsThem() {
        assertThat(IpAddress.of("fd00:0:0:1:0:0:0:2")).hasToString("fd00:0:0:1::2");
        assertThat(IpAddress.of("::ffff:10.0.0.1")).hasToString("10.0.0.1");
        assertThat(IpAddress.of("1:0:2:3:4:5:6:7")).hasToString("1:0:2:3:4:5:6:7");
        assertThat(IpAddress.ANY_IPV6).hasToString("::");
        assertThat(IpAddress.of("::1").isLoopback()).isTrue();
        assertThat(IpAddress.of("127.1.2.3").isLoopback()).isTrue();
        assertThat(IpAddress.parse("010.0.0.1")).isEmpty();
        assertThat(IpAddress.parse("10.0.1")).isEmpty();
        assertThat(IpAddress.parse("fe80::1%eth0")).isEmpty();
        assertThat(IpAddress.parse("256.0.0.1")).isEmpty();
        assertThat(IpAddress.parse("localhost")).isEmpty();
        assertThat(IpPrefix.parse("10.0.0.0/33")).isEmpty();
        assertThat(IpPrefix.parse("10.0.0.0")).isEmpty();
        assertThat(HardwareAddresses.of(IpAddress.of("172.17.0.2"))).hasToString("02:42:ac:11:00:02");
        assertThat(HardwareAddresses.of(IpAddress.of("192.168.255.254"))).hasToString("02:42:c0:a8:ff:fe");
    }

    @Example
    void anAddressHasItsReverseName() {
        assertThat(IpAddress.of("172.17.0.2").reverseName()).isEqualTo("2.0.17.172.in-addr.arpa.");
        assertThat(IpAddress.of("fd00::2").reverseName())
                .isEqualTo("2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa.");
    }

    @Provide
    Arbitrary<IpAddress> addresses() {
        return Arbitraries.of(Family.class)
                .flatMap(family -> Arbitraries.bigIntegers()
                        .between(
                                BigInteger.ZERO,
                                BigInteger.ONE.shiftLeft(family.bits()).subtract(BigInteger.ONE))
                        .map(value -> IpAddress.of(new IpAddress(family, value).bytes())));
    }

    @Provide
    Arbitrary<IpPrefix> prefixes() {
        return addresses()
                .flatMap(address -> Combinators.combine(
                                Arbitraries.just(address),
                                Arbitraries.integers()
                                        .between(0, address.family().bits()))
                        .as(IpPrefix::new));
    }
}
