package dev.berth.network.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.network.NetworkException;
import dev.berth.network.Peer;
import dev.berth.network.address.IpAddress;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Needs(Need.ROOT)
class HostPortsTest {
    private static final IpAddress LOOPBACK = IpAddress.of("127.0.0.1");

    /** In a namespace of its own, where nobody else takes ports. */
    private final Peer host = new Peer("host");

    private final HostPorts ports = new HostPorts(host.inside());

    @AfterEach
    void close() throws IOException {
        ports.close();
        host.close();
    }

    private ServerSocket listen(int port, IpAddress address) {
        return host.namespace.call(() -> new ServerSocket(port, 1, address.inet()));
    }

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
            assertThatThrownBy(() -> listen(tcp.port(), LOOPBACK)).hasMessageContaining("in use");
            assertThatThrownBy(() -> host.namespace.call(() -> new DatagramSocket(udp.port(), LOOPBACK.inet())))
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void aPortThatAnotherProcessHasIsRefusedInDockersWordsAndIsFreeForUsAfterwards() throws IOException {
        int port;
        try (ServerSocket other = listen(0, IpAddress.ANY_IPV4)) {
            port = other.getLocalPort();
            assertThatThrownBy(() -> ports.take(Protocol.TCP, List.of(LOOPBACK), PortRange.of(port)))
                    .isInstanceOf(NetworkException.class)
                    .hasMessage("failed to bind host port 127.0.0.1:" + port + "/tcp: address already in use");
        }
        ports.take(Protocol.TCP, List.of(LOOPBACK), PortRange.of(port)).close();
    }

    @Test
    void ofARangeTheFirstFreeOneIsTakenAndThenTheNext() throws IOException {
        int base = 8000;
        PortRange range = new PortRange(base, base + 2);
        try (ServerSocket other = listen(base, LOOPBACK);
                HeldPort second = ports.take(Protocol.TCP, List.of(LOOPBACK), range);
                HeldPort third = ports.take(Protocol.TCP, List.of(LOOPBACK), range)) {
            assertThat(other.getLocalPort()).isEqualTo(base);
            assertThat(List.of(second.port(), third.port())).containsExactly(base + 1, base + 2);
            assertThatThrownBy(() -> ports.take(Protocol.TCP, List.of(LOOPBACK), range))
                    .hasMessageContaining("address already in use");
        }
    }

    @Test
    void whereAllOfARangeAreContainersItIsSaidSo() {
        PortRange range = new PortRange(8000, 8001);
        ports.take(Protocol.UDP, List.of(LOOPBACK), range);
        HeldPort second = ports.take(Protocol.UDP, List.of(IpAddress.ANY_IPV4), range);
        assertThat(second.port()).isEqualTo(8001);
        assertThatThrownBy(() -> ports.take(Protocol.UDP, List.of(LOOPBACK), range))
                .hasMessage("all ports are allocated");
        second.close();
        assertThat(ports.take(Protocol.UDP, List.of(LOOPBACK), range).port()).isEqualTo(8001);
    }

    @Test
    void bothFamiliesGetTheSamePortAndIpv6IsIpv6Alone() {
        try (HeldPort both = ports.take(Protocol.TCP, List.of(IpAddress.ANY_IPV4, IpAddress.ANY_IPV6), PortRange.ANY)) {
            assertThat(both.sockets())
                    .extracting(socket -> socket.socket().port())
                    .containsOnly(both.port());
        }
        try (HeldPort six = ports.take(Protocol.TCP, List.of(IpAddress.ANY_IPV6), PortRange.ANY)) {
            new HostPorts(host.inside())
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
