package dev.berth.cli.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.cli.CliException;
import dev.berth.cli.endpoint.Endpoint;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Over a socket on which answers are said by heart. */
class EngineClientTest {
    @TempDir
    Path dir;

    private ServerSocketChannel server;
    private EngineClient client;

    @BeforeEach
    void listen() throws IOException {
        Path socket = dir.resolve("s");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
        client = new EngineClient(Endpoint.of("unix://" + socket, Optional.empty()));
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    /** Answers one connection, and gives what was sent before the blank line. */
    private CompletableFuture<String> answer(String answer) {
        CompletableFuture<String> request = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try (SocketChannel channel = server.accept()) {
                InputStream in = Channels.newInputStream(channel);
                StringBuilder head = new StringBuilder();
                while (head.indexOf("\r\n\r\n") < 0) {
                    head.append((char) in.read());
                }
                request.complete(head.toString());
                channel.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
                channel.shutdownOutput();
                while (in.read() >= 0) {
                    // until the client is done: what it still sends must not reset the connection
                }
            } catch (IOException e) {
                request.completeExceptionally(e);
            }
        });
        return request;
    }

    @Test
    void readsADocumentOfAKnownLength() {
        CompletableFuture<String> request =
                answer("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}");
        assertThat(client.get("/x?y=z").number("a")).isEqualTo(1);
        assertThat(request.join()).startsWith("GET /x?y=z HTTP/1.1\r\nHost: ").contains("Content-Length: 0\r\n");
    }

    @Test
    void readsChunks() {
        answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n4;x=y\r\n\":1}\r\n0\r\n\r\n");
        assertThat(client.get("/x").number("a")).isEqualTo(1);
    }

    @Test
    void readsUntilTheConnectionEnds() {
        answer("HTTP/1.0 200 OK\r\n\r\n{\"a\":1}");
        assertThat(client.get("/x").number("a")).isEqualTo(1);
    }

    @Test
    void passesOverAnInterimAnswer() {
        answer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n");
        assertThat(client.post("/x", Map.of("b", 2)).isMissing()).isTrue();
    }

    @Test
    void tellsTheDaemonsErrorInItsWords() {
        answer("HTTP/1.1 404 Not Found\r\nContent-Length: 34\r\n\r\n{\"message\":\"No such container: x\"}\n");
        assertThatThrownBy(() -> client.get("/x")).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e.status()).isEqualTo(404);
            assertThat(e.sentence()).isEqualTo("Error response from daemon: No such container: x");
        });
    }

    @Test
    void tellsAnErrorThatIsNoJson() {
        answer("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 6\r\n\r\noh no\n");
        assertThatThrownBy(() -> client.get("/x"))
                .isInstanceOf(ApiException.class)
                .hasMessage("oh no");
    }

    @Test
    void anUploadThatIsRefusedTellsWhy() {
        answer("HTTP/1.1 400 Bad Request\r\nContent-Length: 23\r\n\r\n{\"message\":\"too large\"}");
        assertThatThrownBy(() -> client.upload("/x", new ByteArrayInputStream(new byte[1 << 20])))
                .isInstanceOf(ApiException.class)
                .hasMessage("too large");
    }

    @Test
    void becomesAStream() throws IOException {
        answer("HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.multiplexed-stream\r\n"
                + "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\nhello");
        try (Hijacked stream = client.hijack("/x", null)) {
            assertThat(stream.multiplexed()).isTrue();
            stream.endOutput();
            assertThat(new String(stream.input().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("hello");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK\r\n",
                "220 smtp ready\r\n\r\n",
                "HTTP/1.1\r\n\r\n",
                "HTTP/1.1 abc OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
                "HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\nshort",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{{{",
            })
    void whatIsNoAnswerIsAFailureOfTheConnection(String answer) {
        answer(answer);
        assertThatThrownBy(() -> client.get("/x"))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageNotContaining("Exception: null");
    }

    @Test
    void nobodyThereIsSaid() throws IOException {
        server.close();
        assertThat(client.answers()).isFalse();
        assertThatThrownBy(() -> client.get("/x"))
                .isInstanceOf(CliException.class)
                .hasMessage(
                        "Cannot connect to the Berth daemon at " + client.host() + ". Is the berth daemon running?");
        assertThatThrownBy(() -> Endpoint.of("ssh://host", Optional.empty()))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("ssh://host");
    }
}
