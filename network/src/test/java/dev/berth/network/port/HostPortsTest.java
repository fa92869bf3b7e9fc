package dev.berth.network.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.network.Inside;
import dev.berth.network.NetworkException;
import dev.berth.network.address.IpAddress;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HostPortsTest {
    private static final IpAddress LOOPBACK = IpAddress.of("127.0.0.1");

    private final HostPorts ports = new HostPorts(Inside.here());

    @ParameterizedTest
    @EnumSource(
            value = Protocol.class,
            names = {"TCP", "UDP"})
    void aPortIsHadByOneContainerUntilItIsLetGo(Protocol protocol) {
        HeldPort held = ports.take(protocol, List.of(IpAddress.ANY_IPV4), PortRange.ANY);
        PortRange same = PortRange.of(held.port());
        assertThatThrownBy(() -> ports.take(protocol, List.of(IpAddress.ANY_IPV4), same))
                .isInstanceOf(NetworkException.class)
                .hasMessage("Bind for 0.0.0.0:" + held.port() + " failed: port is already allocated");
        assertThatThrownBy(() -> ports.take(protocol, List.of(LOOPBACK), same))
                .hasMessage("Bind for 127.0.0.1:" + held.port() + " failed: port is already allocated");
        held.close();
        held.close();
        ports.take(protocol, List.of(LOOPBACK), same).close();
    }

    @Test
    void noOtherProcessCanTakeAPortThatIsHeld() throws IOException {
        try (HeldPort tcp = ports.take(Protocol.TCP, List.of(LOOPBACK), PortRange.ANY);
                HeldPort udp = ports.take(Protocol.UDP, List.of(LOOPBACK), PortRange.ANY)) {
            assertThatThrownBy(() -> new ServerSocket(tcp.port(), 1, LOOPBACK.inet()))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> new DatagramSocket(udp.port(), LOOPBACK.inet()))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void aPortThatAnotherProcessHasIsRefusedInDockersWordsAndIsFreeForUsAfterwards() throws IOException {
        int port;
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.ofLiteral("0.0.0.0"))) {
            port = other.getLocalPort();
            assertThatThrownBy(() -> ports.take(Protocol.TCP, List.of(LOOPBACK), PortRange.of(port)))
                    .isInstanceOf(NetworkException.class)
                    .hasMessage("failed to bind host port 127.0.0.1:" + port + "/tcp: address already in use");
        }
        ports.take(Protocol.TCP, List.of(LOOPBACK), PortRange.of(port)).close();
    }

    @Test
    void ofARangeTheFirstFreeOneIsTakenAndThenTheNext() throws IOException {
        int base = threeFreePorts();
        PortRange range = new PortRange(base, base + 2);
        try (ServerSocket other = new ServerSocket(base, 1, LOOPBACK.inet());
                HeldPort second = ports.take(Protocol.TCP, List.of(LOOPBACK), range);
                HeldPort third = ports.take(Protocol.TCP, List.of(LOOPBACK), range)) {
            assertThat(other.getLocalPort()).isEqualTo(base);
            assertThat(List.of(second.port(), third.port())).containsExactly(base + 1, base + 2);
            assertThatThrownBy(() -> ports.take(Protocol.TCP, List.of(LOOPBACK), range))
                    .hasMessageContaining("address already in use");
        }
    }

    /** The sockets are closed again, so that somebody else could take one; hardly three in a row. */
    private int threeFreePorts() {
        while (true) {
            try (HeldPort first = ports.take(Protocol.TCP, List.of(IpAddress.ANY_IPV4), PortRange.ANY)) {
                HostPorts others = new HostPorts(Inside.here());
                others.take(Protocol.TCP, List.of(LOOPBACK), PortRange.of(first.port() + 1))
                        .close();
                others.take(Protocol.TCP, List.of(LOOPBACK), PortRange.of(first.port() + 2))
                        .close();
                return first.port();
            } catch (NetworkException e) {
                // one of them is taken: look on
            }
        }
    }

    @Test
    void whereAllOfARangeAreContainersItIsSaidSo() {
        try (HeldPort held = ports.take(Protocol.UDP, List.of(LOOPBACK), PortRange.ANY);
                HeldPort next = ports.take(Protocol.UDP, List.of(LOOPBACK), PortRange.ANY)) {
            assertThat(next.port()).isNotEqualTo(held.port());
            HeldPort last = ports.take(Protocol.UDP, List.of(LOOPBACK), PortRange.ANY);
            PortRange range = new PortRange(Math.min(last.port(), 65_534), Math.min(last.port(), 65_534) + 1);
            try (HeldPort other = ports.take(Protocol.UDP, List.of(LOOPBACK), range)) {
                assertThat(other.port()).isEqualTo(last.port() + 1);
                assertThatThrownBy(() -> ports.take(Protocol.UDP, List.of(LOOPBACK), range))
                        .hasMessage("all ports are allocated");
            } finally {
                last.close();
            }
        }
    }

    @Test
    void bothFamiliesGetTheSamePortAndIpv6IsIpv6Alone() {
        try (HeldPort both = ports.take(Protocol.TCP, List.of(IpAddress.ANY_IPV4, IpAddress.ANY_IPV6), PortRange.ANY)) {
            assertThat(both.sockets())
                    .extracting(socket -> socket.socket().port())
                    .containsOnly(both.port());
        }
        try (HeldPort six = ports.take(Protocol.TCP, List.of(IpAddress.ANY_IPV6), PortRange.ANY)) {
            new HostPorts(Inside.here())
                    .take(Protocol.TCP, List.of(IpAddress.ANY_IPV4), PortRange.of(six.port()))
                    .close();
        }
    }

    @Test
    void theKernelsSettingsAreRead() {
        assertThat(HostPorts.readEphemeral("32768\t60999")).isEqualTo(new PortRange(32_768, 60_999));
        assertThat(HostPorts.readEphemeral("")).isEqualTo(new PortRange(49_153, 65_535));
        assertThat(HostPorts.readReserved("8080,9148-9150")).containsExactlyInAnyOrder(8080, 9148, 9149, 9150);
        assertThat(HostPorts.readReserved("")).isEmpty();
    }
}
