package dev.berth.linux.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StreamSocketTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @Test
    void whatComesIsReadAndAnEndIsAnEnd() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                InetSocket owner =
                        InetSocket.connect(InetSocket.Kind.TCP, (InetSocketAddress) server.getLocalSocketAddress());
                Socket peer = server.accept();
                Arena arena = Arena.ofConfined();
                StreamSocket socket = StreamSocket.duplicate(owner.fd().number())) {
            MemorySegment memory = arena.allocate(100);
            assertThat(socket.receive(memory)).isEqualTo(StreamSocket.NOTHING_YET);
            socket.await(Duration.ofMillis(1));
            assertThat(socket.receive(memory)).isEqualTo(StreamSocket.NOTHING_YET);
            peer.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
            socket.await(LONG);
            assertThat(socket.receive(memory)).isEqualTo(5);
            assertThat(memory.asSlice(0, 5).toArray(ValueLayout.JAVA_BYTE))
                    .isEqualTo("hello".getBytes(StandardCharsets.US_ASCII));
            peer.shutdownOutput();
            socket.await(LONG);
            assertThat(socket.receive(memory)).isZero();
        }
    }

    @Test
    void whatIsNotOpenIsSaid() {
        assertThatThrownBy(() -> StreamSocket.duplicate(1 << 20))
                .isInstanceOf(IOException.class)
                .hasMessage("duplicate a file descriptor: bad file descriptor (EBADF)");
    }
}
