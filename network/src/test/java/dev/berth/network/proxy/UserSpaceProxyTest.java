package dev.berth.network.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.network.Inside;
import dev.berth.network.address.IpAddress;
import dev.berth.network.port.HeldPort;
import dev.berth.network.port.HostPorts;
import dev.berth.network.port.PortRange;
import dev.berth.network.port.Protocol;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Carries between sockets of the loopback interface; a container is an address and a port. */
class UserSpaceProxyTest {
    private static final IpAddress LOOPBACK = IpAddress.of("127.0.0.1");

    private final HostPorts ports = new HostPorts(Inside.here());
    private final UserSpaceProxy proxy = new UserSpaceProxy(Inside.here());

    @AfterEach
    void close() {
        proxy.close();
    }

    private static ServerSocket server() throws IOException {
        return new ServerSocket(0, 50, LOOPBACK.inet());
    }

    private static CompletableFuture<Void> serve(ServerSocket server, Conversation conversation) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try (Socket socket = server.accept()) {
                conversation.with(socket);
                done.complete(null);
            } catch (IOException e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    private interface Conversation {
        void with(Socket socket) throws IOException;
    }

    @Test
    void whatIsSaidArrivesWholeInBothDirections() throws Exception {
        byte[] megabytes = new byte[8 << 20];
        new Random(1).nextBytes(megabytes);
        try (ServerSocket server = server();
                HeldPort port = ports.take(Protocol.TCP, List.of(LOOPBACK), PortRange.ANY);
                UserSpaceProxy.Carried carried = proxy.carry(port, List.of(LOOPBACK), server.getLocalPort())) {
            assertThat(carried).isNotNull();
            CompletableFuture<Void> echoed =
                    serve(server, socket -> socket.getInputStream().transferTo(socket.getOutputStream()));
            try (Socket client = new Socket(LOOPBACK.inet(), port.port())) {
                CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                    try {
                        client.getOutputStream().write(megabytes);
                        client.shutdownOutput();
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                });
                assertThat(client.getInputStream().readAllBytes()).isEqualTo(megabytes);
                sent.get();
                echoed.get();
            }
        }
    }

    @Test
    void oneDirectionMayEndBeforeTheOther() throws Exception {
        try (ServerSocket server = server();
                HeldPort port = ports.take(Protocol.TCP, List.of(LOOPBACK), PortRange.ANY)) {
            proxy.carry(port, List.of(LOOPBACK), server.getLocalPort());
            CompletableFuture<Void> served = serve(server, socket -> {
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .isEqualTo("request");
                socket.getOutputStream().write("answer".getBytes(StandardCharsets.UTF_8));
            });
            try (Socket client = new Socket(LOOPBACK.inet(), port.port())) {
                client.getOutputStream().write("request".getBytes(StandardCharsets.UTF_8));
                client.shutdownOutput();
                assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("answer");
            }
            served.get();
            CompletableFuture<Void> endsFirst = serve(server, socket -> {
                socket.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
                socket.shutdownOutput();
                assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo("bye");
            });
            try (Socket client = new Socket(LOOPBACK.inet(), port.port())) {
                assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("hello");
                client.getOutputStream().write("bye".getBytes(StandardCharsets.UTF_8));
            }
            endsFirst.get();
        }
    }

    @Test
    void aClientIsTurnedAwayWhereTheContainerDoesNotListen() throws IOException {
        int nobody;
        try (ServerSocket server = server()) {
            nobody = server.getLocalPort();
        }
        try (HeldPort port = ports.take(Protocol.TCP, List.of(LOOPBACK), PortRange.ANY)) {
            proxy.carry(port, List.of(LOOPBACK), nobody);
            try (Socket client = new Socket(LOOPBACK.inet(), port.port())) {
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void closingEndsConnectionsThatAreOpen() throws Exception {
        try (ServerSocket server = server();
                HeldPort port = ports.take(Protocol.TCP, List.of(LOOPBACK), PortRange.ANY)) {
            UserSpaceProxy.Carried carried = proxy.carry(port, List.of(LOOPBACK), server.getLocalPort());
            CompletableFuture<Void> served =
                    serve(server, socket -> socket.getInputStream().transferTo(socket.getOutputStream()));
            try (Socket client = new Socket(LOOPBACK.inet(), port.port())) {
                client.getOutputStream().write(7);
                assertThat(client.getInputStream().read()).isEqualTo(7);
                carried.close();
                carried.close();
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
            served.get();
        }
    }

    @Test
    void ipv6ReachesAContainerThatHasIpv4Alone() throws IOException, InterruptedException, ExecutionException {
        try (ServerSocket server = server();
                HeldPort port = ports.take(Protocol.TCP, List.of(IpAddress.of("::1")), PortRange.ANY)) {
            proxy.carry(port, List.of(LOOPBACK), server.getLocalPort());
            CompletableFuture<Void> served =
                    serve(server, socket -> socket.getInputStream().transferTo(socket.getOutputStream()));
            try (Socket client = new Socket(IpAddress.of("::1").inet(), port.port())) {
                client.getOutputStream().write(7);
                assertThat(client.getInputStream().read()).isEqualTo(7);
            }
            served.get();
        }
    }

    @Test
    void eachClientsDatagramsAreAnsweredToHimFromTheAddressThatHeSentTo() throws IOException {
        try (DatagramSocket container = new DatagramSocket(0, LOOPBACK.inet());
                HeldPort port =
                        ports.take(Protocol.UDP, List.of(IpAddress.ANY_IPV4, IpAddress.ANY_IPV6), PortRange.ANY)) {
            proxy.carry(port, List.of(LOOPBACK), container.getLocalPort());
            Thread.ofVirtual().start(() -> echo(container));
            for (String address : List.of("127.0.0.1", "127.0.0.9", "::1")) {
                List<DatagramSocket> clients = IntStream.range(0, 5)
                        .mapToObj(i -> client(address, port.port()))
                        .toList();
                for (DatagramSocket client : clients) {
                    byte[] text = ("from " + client.getLocalPort()).getBytes(StandardCharsets.UTF_8);
                    client.send(new DatagramPacket(text, text.length));
                }
                for (DatagramSocket client : clients) {
                    DatagramPacket answer = new DatagramPacket(new byte[100], 100);
                    client.receive(answer); // a connected socket takes from that address alone
                    assertThat(new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8))
                            .isEqualTo("from " + client.getLocalPort());
                    client.close();
                }
            }
        }
    }

    private static DatagramSocket client(String address, int port) {
        try {
            DatagramSocket socket = new DatagramSocket();
            socket.connect(IpAddress.of(address).inet(), port);
            socket.setSoTimeout(20_000);
            return socket;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void echo(DatagramSocket socket) {
        DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
        try {
            while (true) {
                socket.receive(packet);
                byte[] same = Arrays.copyOf(packet.getData(), packet.getLength());
                socket.send(new DatagramPacket(same, same.length, packet.getSocketAddress()));
                packet.setLength(2000);
            }
        } catch (IOException e) {
            // closed
        }
    }

    @Test
    void whatHasOnlyAddressTranslationIsNotCarried() {
        try (HeldPort tcp = ports.take(Protocol.TCP, List.of(LOOPBACK), PortRange.ANY)) {
            HeldPort sctp = new HeldPort(ports, Protocol.SCTP, tcp.port(), tcp.sockets());
            assertThatThrownBy(() -> proxy.carry(sctp, List.of(LOOPBACK), 1)).hasMessageContaining("SCTP");
        }
    }
}
