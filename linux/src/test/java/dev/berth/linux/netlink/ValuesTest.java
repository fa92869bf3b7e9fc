package dev.berth.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names, addresses and prefixes, which come from outside. */
class ValuesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"", "sixteen-letters0", "a/b", "a b", "a:b", "veth%d", ".", "..", "a\0b", "äöüäöüäö", "a\n"})
    void aNameThatNoInterfaceCanHaveIsRefused(String name) {
        assertThatThrownBy(() -> InterfaceName.check(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("an interface");
    }

    @ParameterizedTest
    @ValueSource(strings = {"eth0", "fifteen-letters", "br-0123456789ab", "...", "äöü", "@"})
    void aNameThatAnInterfaceCanHaveIsGivenBack(String name) {
        assertThat(InterfaceName.check(name)).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({
        "172.17.5.2/16, 172.17.0.0/16, 172.17.255.255",
        "10.1.2.3/31, 10.1.2.2/31, 10.1.2.3",
        "10.1.2.3/0, 0.0.0.0/0, 255.255.255.255",
        "10.1.2.3, 10.1.2.3/32, 10.1.2.3",
        "10.255.255.255/9, 10.128.0.0/9, 10.255.255.255",
        "fd00::5:1/64, fd00::/64, fd00::ffff:ffff:ffff:ffff",
        "fd00::1/127, fd00::/127, fd00::1",
    })
    void aPrefixKnowsItsFirstAndLastAddress(String text, String network, String last) {
        IpPrefix prefix = IpPrefix.parse(text);
        assertThat(prefix.network()).isEqualTo(IpPrefix.parse(network));
        assertThat(prefix.last()).isEqualTo(InetAddress.ofLiteral(last));
        assertThat(prefix.contains(prefix.last())).isTrue();
        assertThat(prefix.contains(prefix.network().address())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "::",
                "::1",
                "1::",
                "fd00::1",
                "2001:db8::1:0:0:1",
                "2001:db8:0:1:1:1:1:1",
                "1:0:0:2::",
                "1:2:3:4:5:6:7:8",
                "fe80::1234:abcd:0:1",
                "0:1:2:3:4:5:6:0",
                "10.0.0.1"
            })
    void anAddressIsWrittenShort(String text) {
        assertThat(IpPrefix.text(IpPrefix.parse(text).address())).isEqualTo(text);
    }

    @Test
    void aPrefixContainsNoAddressBeyondItAndNoneOfTheOtherFamily() {
        assertThat(IpPrefix.parse("172.17.0.0/16").contains(InetAddress.ofLiteral("172.18.0.0")))
                .isFalse();
        assertThat(IpPrefix.parse("0.0.0.0/0").contains(InetAddress.ofLiteral("::1")))
                .isFalse();
        assertThat(IpPrefix.parse("::/0").contains(InetAddress.ofLiteral("127.0.0.1")))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/8",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/x",
                "10.0.0.0/",
                "::/129",
                "localhost/8",
                "10.0/99"
            })
    void whatIsNoPrefixIsRefused(String text) {
        assertThatThrownBy(() -> IpPrefix.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aMacAddressIsWrittenWithColons() {
        MacAddress mac = MacAddress.parse("02-42-AC-11-00-02");
        assertThat(mac).hasToString("02:42:ac:11:00:02").isEqualTo(MacAddress.of(mac.bytes()));
        assertThat(mac.isMulticast()).isFalse();
        assertThat(MacAddress.parse("01:00:5e:00:00:01").isMulticast()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "02:42:ac:11:00",
                "02:42:ac:11:00:02:03",
                "0242ac110002",
                "02:42:ac:11:00:zz",
                "2:42:ac:11:0:2"
            })
    void whatIsNoMacAddressIsRefused(String text) {
        assertThatThrownBy(() -> MacAddress.parse(text)).hasMessage("not a MAC address: " + text);
    }
}
