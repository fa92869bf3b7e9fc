package dev.berth.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Chunked bodies, which their handlers read from the socket themselves, and connections that go on after them or do not. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DirectBodyTest {
    private static final String CHUNKED = " HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String GONE = "the client has closed the connection before the end of its request";

    @TempDir
    Path dir;

    private final BlockingQueue<String> outcomes = new ArrayBlockingQueue<>(64);
    private final CountDownLatch disconnected = new CountDownLatch(1);
    private final CountDownLatch begun = new CountDownLatch(1);
    private HttpServer server;

    @BeforeEach
    void listen() throws IOException {
        server = new HttpServer(this::handle, Limits.DEFAULT, List.of());
        server.listen(dir.resolve("s"));
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void whateverTheClientsPiecesTheHandlerReadsTheSameAndTheConnectionGoesOn() throws Exception {
        byte[] data = new byte[3 << 20];
        new Random(7).nextBytes(data);
        Random random = new Random(8);
        try (RawClient client = client()) {
            for (int round = 0; round < 5; round++) {
                client.send("PUT /checksum" + CHUNKED);
                for (int at = 0; at < data.length; ) {
                    int size = Math.min(data.length - at, 1 + random.nextInt(1 << (4 + 3 * round)));
                    send(client, Integer.toHexString(size) + "\r\n", ByteBuffer.wrap(data, at, size));
                    client.send("\r\n");
                    at += size;
                }
                client.send("0\r\n\r\n");
                assertThat(client.answer()).endsWith(checksum(data));
                assertThat(client.send("GET /next HTTP/1.1\r\n\r\n").answer()).endsWith("next");
            }
        }
    }

    @Test
    void requestsThatAreSentTogetherAreAnsweredInOrder() throws Exception {
        String both = "PUT /checksum" + CHUNKED + "3\r\nabc\r\n0\r\n\r\n" + "GET /next HTTP/1.1\r\n\r\n";
        try (RawClient client = client()) {
            client.send(both.repeat(20));
            for (int i = 0; i < 20; i++) {
                assertThat(client.answer()).endsWith(checksum("abc".getBytes(StandardCharsets.US_ASCII)));
                assertThat(client.answer()).endsWith("next");
            }
        }
    }

    @Test
    void aHeadThatComesAloneAndABodyThatTricklesInAreWaitedFor() throws Exception {
        try (RawClient client = client()) {
            client.send("PUT /checksum" + CHUNKED);
            for (String piece : List.of("3", "\r", "\na", "bc\r\n0", "\r\n", "\r\n")) {
                Thread.sleep(30);
                client.send(piece);
            }
            assertThat(client.answer()).endsWith(checksum("abc".getBytes(StandardCharsets.US_ASCII)));
        }
    }

    @Test
    void aClientThatClosesItsSideAfterTheBodyIsAnswered() throws Exception {
        for (int i = 0; i < 20; i++) {
            try (RawClient client = client()) {
                client.send("PUT /checksum" + CHUNKED + "3\r\nabc\r\n0\r\n\r\n").closeOutput();
                assertThat(client.answer()).endsWith(checksum("abc".getBytes(StandardCharsets.US_ASCII)));
                assertThat(client.rest()).isEmpty();
            }
        }
    }

    @Test
    void aClientThatLeavesInTheMiddleIsTheEndOfTheBody() throws Exception {
        try (RawClient client = client()) {
            client.send("PUT /checksum" + CHUNKED + "10\r\nabc");
        }
        assertThat(outcomes.poll(30, TimeUnit.SECONDS)).isEqualTo(GONE);
        try (RawClient client = client()) {
            client.send("PUT /checksum" + CHUNKED + "3\r\nabc\r\n").closeOutput();
            client.rest();
        }
        assertThat(outcomes.poll(30, TimeUnit.SECONDS)).isEqualTo(GONE);
    }

    @Test
    void aClientThatLeavesWhileItsHandlerGoesOnIsNoticed() throws Exception {
        try (RawClient client = client()) {
            client.send("PUT /wait" + CHUNKED + "3\r\nabc\r\n0\r\n\r\n");
            assertThat(outcomes.poll(30, TimeUnit.SECONDS)).isEqualTo("read");
        }
        assertThat(disconnected.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aServerThatIsClosedEndsABodyThatIsWaitedFor() throws Exception {
        try (RawClient client = client()) {
            client.send("PUT /checksum" + CHUNKED + "3\r\nabc\r\n");
            begun.await();
            server.close();
            assertThat(outcomes.poll(30, TimeUnit.SECONDS)).isEqualTo(GONE);
        }
    }

    @Test
    void aMalformedBodyIsTheHandlersToTell() throws Exception {
        try (RawClient client = client()) {
            client.send("PUT /checksum" + CHUNKED + "zz\r\n");
            assertThat(outcomes.poll(30, TimeUnit.SECONDS)).isEqualTo("the request's body is malformed");
        }
    }

    @Test
    void whatAHandlerLeavesUnreadIsSkippedForAWhile() throws Exception {
        try (RawClient client = client()) {
            client.send("PUT /unread" + CHUNKED + "3\r\nabc\r\n");
            assertThat(client.answer()).endsWith("unread");
            client.send("3\r\nabc\r\n0\r\n\r\n");
            assertThat(client.send("GET /next HTTP/1.1\r\n\r\n").answer()).endsWith("next");
            client.send("PUT /unread" + CHUNKED);
            send(client, "900000\r\n", ByteBuffer.allocate(0x900000));
            client.send("\r\n0\r\n\r\nGET /next HTTP/1.1\r\n\r\n");
            assertThat(client.answer()).as("to who sends first and looks then").endsWith("unread");
            assertThat(client.answer()).endsWith("next");
            client.send("PUT /unread" + CHUNKED);
            assertThat(client.answer()).endsWith("unread").doesNotContain("Connection: close");
            send(client, "7fffffff\r\n", ByteBuffer.allocate(1 << 20));
            assertThat(client.rest()).as("after longer than is skipped").isEmpty();
        }
    }

    @Test
    void aDocumentInChunksHasItsLimitAllTheSame() throws Exception {
        try (RawClient client = client()) {
            client.send("PUT /document" + CHUNKED + "3\r\nabc\r\n0\r\n\r\n");
            assertThat(client.answer()).endsWith("3 bytes");
            client.send("PUT /document" + CHUNKED + "900000\r\n");
            send(client, "", ByteBuffer.allocate(0x900000));
            client.send("\r\n0\r\n\r\n");
            assertThat(client.answer()).endsWith("too long");
        }
    }

    @Test
    void moreThanHaveThreadsOfTheirOwnAreServedAllTheSame() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 50; i++) {
                clients.add(client().send("PUT /checksum" + CHUNKED + "3\r\nabc\r\n"));
            }
            for (RawClient client : clients.reversed()) {
                client.send("0\r\n\r\n");
                assertThat(client.answer()).endsWith(checksum("abc".getBytes(StandardCharsets.US_ASCII)));
            }
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void aClientThatWaitsToBeAskedIsAsked() throws Exception {
        try (RawClient client = client()) {
            client.send("PUT /checksum HTTP/1.1\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.head()).startsWith("HTTP/1.1 100 Continue");
            client.send("3\r\nabc\r\n0\r\n\r\n");
            assertThat(client.answer()).endsWith(checksum("abc".getBytes(StandardCharsets.US_ASCII)));
        }
    }

    private void handle(Exchange exchange) throws IOException {
        begun.countDown();
        try {
            String answer = switch (exchange.request().path()) {
                case "/checksum" -> checksum(exchange.body().readAllBytes());
                case "/document" ->
                    exchange.document().map(bytes -> bytes.length + " bytes").orElse("too long");
                case "/wait" -> waited(exchange);
                default -> exchange.request().path().substring(1);
            };
            exchange.answer(Status.OK, "text/plain", answer.getBytes(StandardCharsets.US_ASCII));
            outcomes.offer(answer);
        } catch (IOException e) {
            outcomes.offer(e.getMessage());
            throw e;
        }
    }

    private String waited(Exchange exchange) throws IOException {
        exchange.onDisconnect(disconnected::countDown);
        exchange.body().readAllBytes();
        outcomes.offer("read");
        try {
            return Boolean.toString(disconnected.await(30, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private RawClient client() throws IOException {
        return new RawClient(dir.resolve("s"));
    }

    private static void send(RawClient client, String before, ByteBuffer data) throws IOException {
        client.send(before);
        while (data.hasRemaining()) {
            client.channel().write(data);
        }
    }

    private static String checksum(byte[] data) {
        CRC32 crc = new CRC32();
        crc.update(data);
        return data.length + ":" + crc.getValue();
    }
}
