package dev.berth.linux.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatagramBatchTest {
    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void send(DatagramSocket from, InetSocket to, String host, String... texts) throws IOException {
        for (String text : texts) {
            from.send(new DatagramPacket(
                    ascii(text), text.length(), new InetSocketAddress(InetAddress.ofLiteral(host), to.port())));
        }
    }

    private static String received(DatagramSocket at) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[100], 100);
        at.setSoTimeout(20_000);
        at.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void whatHasComeTogetherIsAnsweredTogetherEachToItsSender(String host) throws IOException {
        InetAddress address = InetAddress.ofLiteral(host);
        try (InetSocket socket = InetSocket.bind(InetSocket.Kind.UDP, new InetSocketAddress(address, 0));
                DatagramBatch batch = new DatagramBatch(4, 16);
                DatagramSocket one = new DatagramSocket(0, address);
                DatagramSocket other = new DatagramSocket(0, address)) {
            assertThat(batch.receive(socket)).isZero();
            for (int round = 0; round < 3; round++) {
                send(one, socket, host, "a", "", "more than sixteen bytes");
                send(other, socket, host, "d", "e");
                assertThat(batch.receive(socket)).isEqualTo(4);
                assertThat(List.of(batch.bytes(0), batch.bytes(1), batch.bytes(2), batch.bytes(3)))
                        .containsExactly(ascii("a"), ascii(""), ascii("more than sixtee"), ascii("d"));
                assertThat(batch.sender(0)).isEqualTo(one.getLocalSocketAddress());
                assertThat(batch.sender(3)).isEqualTo(other.getLocalSocketAddress());
                batch.answer(3, ascii("to d"));
                batch.answer(0, ascii("to a"));
                batch.send(socket);
                assertThat(received(one)).isEqualTo("to a");
                assertThat(received(other)).isEqualTo("to d");
                assertThat(batch.receive(socket)).isEqualTo(1);
                assertThat(batch.bytes(0)).isEqualTo(ascii("e"));
                socket.send(ascii("later"), batch.sender(0));
                assertThat(received(other)).isEqualTo("later");
                assertThat(batch.receive(socket)).isZero();
            }
        }
    }

    @Test
    void anAnswerThatCannotBeSentIsLostAndNothingElse() throws IOException {
        String host = "127.0.0.1";
        InetAddress address = InetAddress.ofLiteral(host);
        try (InetSocket socket = InetSocket.bind(InetSocket.Kind.UDP, new InetSocketAddress(address, 0));
                InetSocket wrong =
                        InetSocket.bind(InetSocket.Kind.UDP, new InetSocketAddress(InetAddress.ofLiteral("::1"), 0));
                DatagramBatch batch = new DatagramBatch(4, 16);
                DatagramSocket client = new DatagramSocket(0, address)) {
            send(client, socket, host, "a", "b");
            assertThat(batch.receive(socket)).isEqualTo(2);
            assertThatThrownBy(() -> batch.answer(0, new byte[17])).isInstanceOf(IllegalArgumentException.class);
            batch.answer(0, ascii("lost"));
            batch.answer(1, ascii("lost"));
            batch.send(wrong); // of another family: the kernel refuses each
            send(client, socket, host, "c");
            assertThat(batch.receive(socket)).isEqualTo(1);
            batch.answer(0, ascii("to c"));
            batch.send(socket);
            assertThat(received(client)).isEqualTo("to c");
        }
    }
}
