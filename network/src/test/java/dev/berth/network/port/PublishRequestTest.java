package dev.berth.network.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.network.NetworkException;
import dev.berth.network.address.Family;
import dev.berth.network.address.IpAddress;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class PublishRequestTest {
    private static final List<Family> BOTH = List.of(Family.IPV4, Family.IPV6);

    @Example
    void theApisFormsAreRead() {
        PublishRequest request = PublishRequest.parse("80", "127.0.0.1", "8000-8010");
        assertThat(request.containerPort()).hasToString("80/tcp");
        assertThat(request.hostAddress()).contains(IpAddress.of("127.0.0.1"));
        assertThat(request.hostPorts()).isEqualTo(new PortRange(8000, 8010));
        assertThat(PublishRequest.parse("53/UDP", "[::1]", "").hostAddress()).contains(IpAddress.of("::1"));
        assertThat(PublishRequest.parse("53/UDP", "", "0").hostPorts().isAny()).isTrue();
        assertThat(PublishRequest.parse("9/sctp", "", "9").containerPort().protocol())
                .isEqualTo(Protocol.SCTP);
    }

    @Example
    void whatIsNoPortIsRefusedByName() {
        for (List<String> wrong : List.of(
                List.of("0/tcp", "", ""),
                List.of("80-90/tcp", "", ""),
                List.of("65536/tcp", "", ""),
                List.of("80/icmp", "", ""),
                List.of("x", "", ""))) {
            assertThatThrownBy(() -> PublishRequest.parse(wrong.get(0), wrong.get(1), wrong.get(2)))
                    .isInstanceOf(NetworkException.class)
                    .hasMessageStartingWith("invalid port specification: \"" + wrong.getFirst() + "\"");
        }
        for (String wrong : List.of("90-80", "0-80", "80-", "-80", "1-2-3", "99999", "eighty")) {
            assertThatThrownBy(() -> PublishRequest.parse("80/tcp", "", wrong))
                    .as(wrong)
                    .hasMessage("invalid port specification: \"" + wrong + "\"");
        }
        assertThatThrownBy(() -> PublishRequest.parse("80/tcp", "localhost", "80"))
                .hasMessage("invalid port specification: \"localhost\" is no IP address");
    }

    @Example
    void withoutAnAddressAPortIsMeantEverywhereAndWithOneThereAlone() {
        PublishRequest anywhere = PublishRequest.parse("80/tcp", "", "80");
        assertThat(anywhere.addresses(IpAddress.ANY_IPV4, BOTH))
                .containsExactly(IpAddress.ANY_IPV4, IpAddress.ANY_IPV6);
        assertThat(anywhere.addresses(IpAddress.ANY_IPV4, List.of(Family.IPV4))).containsExactly(IpAddress.ANY_IPV4);
        assertThat(anywhere.addresses(IpAddress.of("127.0.0.1"), BOTH)).containsExactly(IpAddress.of("127.0.0.1"));
        assertThat(PublishRequest.parse("80/tcp", "0.0.0.0", "80").addresses(IpAddress.ANY_IPV4, BOTH))
                .containsExactly(IpAddress.ANY_IPV4);
    }

    @Property
    void aRangeIsReadAsItIsPrinted(
            @ForAll @IntRange(min = 1, max = 65_535) int one, @ForAll @IntRange(min = 1, max = 65_535) int other) {
        PortRange range = new PortRange(Math.min(one, other), Math.max(one, other));
        assertThat(PortRange.parse(range.toString())).contains(range);
    }

    @Property
    void noTextMakesTheParserFail(@ForAll String text) {
        PortRange.parse(text).ifPresent(range -> assertThat(range.size()).isPositive());
    }
}
