package dev.berth.linux.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.linux.Errno;
import dev.berth.linux.LinuxException;
import dev.berth.linux.event.Pipe;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InetSocketTest {
    private static InetSocketAddress address(String host, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(host), port);
    }

    @Test
    void aPortIsHadOnceAndOfOneFamilyAlone() {
        try (InetSocket six = InetSocket.bind(InetSocket.Kind.TCP, address("::", 0));
                InetSocket four = InetSocket.bind(InetSocket.Kind.TCP, address("0.0.0.0", six.port()))) {
            assertThat(four.port()).isEqualTo(six.port());
            assertThatThrownBy(() -> InetSocket.bind(InetSocket.Kind.TCP, address("127.0.0.1", six.port())))
                    .isInstanceOfSatisfying(
                            LinuxException.class,
                            e -> assertThat(e.is(Errno.EADDRINUSE)).isTrue())
                    .hasMessageStartingWith("bind 127.0.0.1 port " + six.port() + ": address already in use");
        }
    }

    @Test
    void whoConnectsIsTakenAndWhatHeSaysGoesThroughAPipe() throws IOException {
        try (InetSocket listening = InetSocket.bind(InetSocket.Kind.TCP, address("127.0.0.1", 0))) {
            assertThat(listening.accept()).isEmpty();
            try (Socket client = new Socket(InetAddress.ofLiteral("127.0.0.1"), listening.port());
                    Pipe pipe = Pipe.open()) {
                InetSocket taken = accepted(listening);
                client.getOutputStream().write("echo".getBytes(StandardCharsets.UTF_8));
                client.shutdownOutput();
                long moved = 0;
                for (long read = -1; read != 0; read = pipe.fill(taken.fd(), 100)) {
                    moved += Math.max(read, 0);
                }
                assertThat(moved).isEqualTo(4);
                assertThat(pipe.drain(taken.fd(), 100)).isEqualTo(4);
                taken.endOutput();
                assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("echo");
                taken.close();
            }
        }
    }

    /** A connection to the loopback interface is made when connect returns, so that this does not wait for long. */
    private static InetSocket accepted(InetSocket listening) {
        while (true) {
            Optional<InetSocket> taken = listening.accept();
            if (taken.isPresent()) {
                return taken.get();
            }
        }
    }

    @Test
    void aConnectionThatIsRefusedSaysSoWhenItIsAskedFor() {
        int nobody;
        try (InetSocket socket = InetSocket.bind(InetSocket.Kind.TCP, address("127.0.0.1", 0))) {
            nobody = socket.port();
        }
        int failure;
        try (InetSocket socket = InetSocket.connect(InetSocket.Kind.TCP, address("127.0.0.1", nobody))) {
            failure = socket.failure();
        } catch (LinuxException e) {
            failure = e.errno(); // at once, as the loopback interface may
        }
        assertThat(Errno.ECONNREFUSED.is(failure)).isTrue();
    }

    @Test
    void aDatagramIsAnsweredFromTheAddressThatItWasSentTo() throws IOException {
        for (String host : new String[] {"127.0.0.7", "::1"}) {
            boolean four = host.startsWith("1");
            try (InetSocket port = InetSocket.bind(InetSocket.Kind.UDP, address(four ? "0.0.0.0" : "::", 0));
                    DatagramBuffer buffer = new DatagramBuffer();
                    DatagramSocket client = new DatagramSocket()) {
                assertThat(buffer.receive(port)).isEmpty();
                client.connect(InetAddress.ofLiteral(host), port.port());
                client.setSoTimeout(20_000);
                client.send(new DatagramPacket(new byte[] {1, 2, 3}, 3));
                Optional<DatagramBuffer.Sender> sender = Optional.empty();
                while (sender.isEmpty()) {
                    sender = buffer.receive(port);
                }
                buffer.sendBack(port, sender.get());
                DatagramPacket answer = new DatagramPacket(new byte[10], 10);
                client.receive(answer); // a connected socket takes from that address alone
                assertThat(answer.getLength()).isEqualTo(3);
                client.send(new DatagramPacket(new byte[] {4}, 1));
                Optional<DatagramBuffer.Sender> again = Optional.empty();
                while (again.isEmpty()) {
                    again = buffer.receive(port);
                }
                assertThat(again).isEqualTo(sender);
            }
        }
    }
}
