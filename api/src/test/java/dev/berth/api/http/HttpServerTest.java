package dev.berth.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server against clients that behave, that are slow, that leave, and that send what is not HTTP. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HttpServerTest {
    private static final Limits LIMITS = new Limits(
            4 << 10,
            8 << 10,
            64 << 10,
            Duration.ofMillis(300),
            Duration.ofMillis(300),
            64 << 10,
            64 << 10,
            Duration.ofSeconds(3),
            4,
            Duration.ofMillis(50));

    @TempDir
    Path dir;

    private final List<HttpServer> servers = new ArrayList<>();

    @AfterEach
    void closeServers() {
        servers.forEach(HttpServer::close);
    }

    @Test
    void aKeptAliveConnectionAnswersOneRequestAfterTheOther() throws Exception {
        try (RawClient client = serve(HttpServerTest::echo)) {
            for (int i = 0; i < 3; i++) {
                client.send("POST /" + i + "?q=a%20b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
                assertThat(client.answer())
                        .startsWith("HTTP/1.1 200 OK\r\n")
                        .contains("\r\nServer: Test\r\n")
                        .containsPattern("\r\nDate: [A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} [\\d:]{8} GMT\r\n")
                        .endsWith("POST /" + i + " a b abc");
            }
        }
    }

    @Test
    void aClientOfThisHostIsKnownByItsProcess() throws Exception {
        Handler handler = exchange -> exchange.answer(
                Status.OK, "text/plain", exchange.clientProcess().toString().getBytes(StandardCharsets.US_ASCII));
        try (RawClient client = serve(handler)) {
            client.send("GET / HTTP/1.1\r\n\r\n");
            assertThat(client.answer())
                    .endsWith("pid=" + ProcessHandle.current().pid() + ", uid="
                            + Files.getAttribute(Path.of("/proc/self"), "unix:uid") + "]]");
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        try (RawClient client = serve(HttpServerTest::echo)) {
            client.send("GET /first HTTP/1.1\r\n\r\nPOST /second HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\nGET /third HTTP/1.1\r\n\r\n");
            assertThat(client.answer()).endsWith("GET /first  ");
            assertThat(client.answer()).endsWith("POST /second  abcde");
            assertThat(client.answer()).endsWith("GET /third  ");
        }
    }

    /** As a client does that parses the head through a buffer and goes on with the bare socket. */
    @Test
    void whatComesOnAConnectionTakenOverIsNeverReadTogetherWithTheHead() throws Exception {
        CountDownLatch written = new CountDownLatch(1);
        try (RawClient client = serve(exchange -> {
            exchange.body().transferTo(OutputStream.nullOutputStream());
            try (RawStream stream = exchange.takeOver("application/vnd.docker.raw-stream")) {
                written.countDown();
                stream.output().write("output".getBytes(StandardCharsets.US_ASCII));
            }
        })) {
            client.send("POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
            written.await();
            Thread.sleep(50); // the longer the client sleeps, the more there could be to read
            ByteBuffer read = ByteBuffer.allocate(4096);
            client.channel().read(read);
            assertThat(new String(read.array(), 0, read.position(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .endsWith("\r\n\r\n");
            assertThat(client.rest()).isEqualTo("output");
        }
    }

    @Test
    void aBodyThatItsHandlerDoesNotReadWaitsInTheKernel() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        AtomicLong received = new AtomicLong();
        try (RawClient client = serve(exchange -> {
            await(release);
            received.set(exchange.body().transferTo(OutputStream.nullOutputStream()));
            exchange.answer(Status.NO_CONTENT);
        })) {
            long size = 32L << 20;
            client.send("POST / HTTP/1.1\r\nContent-Length: " + size + "\r\n\r\n");
            client.channel().configureBlocking(false);
            ByteBuffer piece = ByteBuffer.allocate(64 << 10);
            long sent = 0;
            for (int refusals = 0; refusals < 50 && sent < size; ) {
                piece.clear();
                int count = client.channel().write(piece);
                sent += count;
                if (count == 0) {
                    refusals++;
                    Thread.sleep(5);
                }
            }
            assertThat(sent).as("taken of a body that nobody reads").isLessThan(4 << 20);
            client.channel().configureBlocking(true);
            release.countDown();
            while (sent < size) {
                sent += client.channel().write(ByteBuffer.allocate((int) Math.min(size - sent, 64 << 10)));
            }
            assertThat(client.answer()).startsWith("HTTP/1.1 204 No Content\r\n");
            assertThat(received).hasValue(size);
        }
    }

    @Test
    void anAnswerWaitsForASlowReader() throws Exception {
        AtomicLong written = new AtomicLong();
        CompletableFuture<Thread> handler = new CompletableFuture<>();
        int size = 32 << 20;
        try (RawClient client = serve(exchange -> {
            handler.complete(Thread.currentThread());
            try (OutputStream out = exchange.stream(Status.OK, "application/x-tar")) {
                for (byte[] piece = new byte[1000]; written.get() < size; written.addAndGet(piece.length)) {
                    out.write(piece);
                }
            }
        })) {
            client.send("GET / HTTP/1.1\r\n\r\n");
            client.head();
            while (handler.join().getState() != Thread.State.WAITING) {
                Thread.sleep(5);
            }
            assertThat(written.get())
                    .as("written to a client that does not read")
                    .isLessThan(2 << 20);
            long read = 0;
            for (String chunk = client.chunk(); !chunk.isEmpty(); chunk = client.chunk()) {
                read += chunk.length();
            }
            assertThat(read).isEqualTo(written.get()).isGreaterThanOrEqualTo(size);
        }
    }

    @Test
    void aWriterIsToldThatItsClientIsGone() throws Exception {
        CompletableFuture<String> outcome = new CompletableFuture<>();
        try (RawClient client = serve(exchange -> {
            try (OutputStream out = exchange.stream(Status.OK, "text/plain")) {
                while (true) {
                    out.write(new byte[4096]);
                }
            } catch (IOException e) {
                outcome.complete(e.getClass().getSimpleName());
            }
        })) {
            client.send("GET / HTTP/1.1\r\n\r\n");
            client.head();
        }
        assertThat(outcome.get(30, TimeUnit.SECONDS)).isEqualTo("ClientGoneException");
    }

    @Test
    void aHandlerThatOnlyWaitsIsToldThatItsClientIsGone() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        CompletableFuture<Boolean> outcome = new CompletableFuture<>();
        try (RawClient client = serve(exchange -> {
            exchange.onDisconnect(gone::countDown);
            exchange.stream(Status.OK, "text/plain").flush();
            outcome.complete(await(gone));
        })) {
            client.send("GET / HTTP/1.1\r\n\r\n");
            client.head();
        }
        assertThat(outcome.get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aTakenOverConnectionSurvivesItsClientsHalfClose() throws Exception {
        try (RawClient client = serve(exchange -> {
            exchange.document();
            try (RawStream stream = exchange.takeOver("application/vnd.docker.raw-stream")) {
                long count = stream.input().transferTo(stream.output());
                stream.output().write(("; " + count + " in all").getBytes(StandardCharsets.UTF_8));
            }
        })) {
            client.send("POST /attach HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 2\r\n\r\n{}");
            assertThat(client.head())
                    .isEqualTo("HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n"
                            + "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
            client.send("GET /not-http");
            assertThat(client.text(13)).isEqualTo("GET /not-http");
            client.send(" HTTP/1.1\r\n\r\n").closeOutput();
            assertThat(client.rest()).isEqualTo(" HTTP/1.1\r\n\r\n; 26 in all");
        }
    }

    @Test
    void aClientThatAsksForNoUpgradeGetsARawStreamAllTheSame() throws Exception {
        try (RawClient client = serve(exchange -> {
            try (RawStream stream = exchange.takeOver("application/vnd.docker.multiplexed-stream")) {
                stream.output().write('x');
            }
        })) {
            client.send("POST /attach HTTP/1.1\r\n\r\n");
            assertThat(client.rest())
                    .isEqualTo("HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.multiplexed-stream\r\n\r\nx");
        }
    }

    @Test
    void aClientThatLeavesAfterItsHalfCloseIsNoticed() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        CompletableFuture<Integer> input = new CompletableFuture<>();
        try (RawClient client = serve(exchange -> {
            try (RawStream stream = exchange.takeOver("application/vnd.docker.raw-stream")) {
                stream.onDisconnect(gone::countDown);
                input.complete(stream.input().read());
                await(gone);
            }
        })) {
            client.send("POST / HTTP/1.1\r\n\r\n").head();
            client.closeOutput();
            assertThat(input.get(30, TimeUnit.SECONDS)).isEqualTo(-1);
            assertThat(gone.getCount()).isEqualTo(1);
        }
        assertThat(gone.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aSlowTakerOfARawStreamHoldsItsWriterBack() throws Exception {
        AtomicLong written = new AtomicLong();
        CompletableFuture<Thread> handler = new CompletableFuture<>();
        try (RawClient client = serve(exchange -> {
            handler.complete(Thread.currentThread());
            try (RawStream stream = exchange.takeOver("application/vnd.docker.raw-stream")) {
                for (byte[] piece = new byte[8192]; written.get() < 32 << 20; written.addAndGet(piece.length)) {
                    stream.output().write(piece);
                }
            }
        })) {
            client.send("POST / HTTP/1.1\r\n\r\n").head();
            while (handler.join().getState() != Thread.State.WAITING) {
                Thread.sleep(5);
            }
            assertThat(written.get()).isLessThan(2 << 20);
            assertThat(client.rest()).hasSize(32 << 20);
        }
    }

    @Test
    void aSlowTakerThatHasClosedItsSideIsStillSentEverything() throws Exception {
        CompletableFuture<Thread> handler = new CompletableFuture<>();
        try (RawClient client = serve(exchange -> {
            try (RawStream stream = exchange.takeOver("application/vnd.docker.raw-stream")) {
                assertThat(stream.input().read()).isEqualTo(-1);
                handler.complete(Thread.currentThread());
                stream.output().write(new byte[8 << 20]);
            }
        })) {
            client.send("POST / HTTP/1.1\r\n\r\n").head();
            client.closeOutput();
            while (handler.join().getState() != Thread.State.WAITING) {
                Thread.sleep(5);
            }
            assertThat(client.rest()).hasSize(8 << 20);
        }
    }

    @Test
    void whatIsNotHttpIsRefused() throws Exception {
        assertThat(refusal("nonsense\r\n\r\n")).startsWith("HTTP/1.1 400 Bad Request\r\n");
        assertThat(refusal("GET no-slash HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(refusal("GET /%zz HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(refusal("GET / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ");
        assertThat(refusal("GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void oversizedHeadsAreRefused() throws Exception {
        assertThat(refusal("GET /" + "x".repeat(5000) + " HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 414 ");
        assertThat(refusal("GET / HTTP/1.1\r\nX: " + "x".repeat(9000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431 ");
    }

    @Test
    void aHeadThatTricklesInIsNotWaitedForForever() throws Exception {
        assertThat(refusal("GET / HTTP/1.1\r\nHos")).startsWith("HTTP/1.1 408 ");
    }

    @Test
    void anIdleConnectionStays() throws Exception {
        try (RawClient client = serve(HttpServerTest::echo)) {
            client.send("GET /a HTTP/1.1\r\n\r\n").answer();
            Thread.sleep(2 * LIMITS.headTimeout().toMillis());
            assertThat(client.send("GET /b HTTP/1.1\r\n\r\n").answer()).endsWith("GET /b  ");
        }
    }

    @Test
    void aDocumentThatTricklesInIsNotWaitedForForever() throws Exception {
        try (RawClient client = serve(HttpServerTest::echo)) {
            client.send("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc");
            assertThat(client.answer()).startsWith("HTTP/1.1 500 ");
        }
    }

    @Test
    void aDocumentBeyondTheLimitIsNotHeld() throws Exception {
        try (RawClient client = serve(exchange -> {
            boolean fits = exchange.document().isPresent();
            exchange.answer(fits ? Status.OK : Status.CONTENT_TOO_LARGE);
        })) {
            client.send("POST / HTTP/1.1\r\nContent-Length: 65536\r\n\r\n" + "x".repeat(65536));
            assertThat(client.answer()).startsWith("HTTP/1.1 200 ");
            client.send("POST / HTTP/1.1\r\nContent-Length: 65537\r\n\r\n" + "x".repeat(65537));
            assertThat(client.answer()).startsWith("HTTP/1.1 413 ");
        }
    }

    @Test
    void aBodyThatWasNotReadIsDiscardedAndTheConnectionKept() throws Exception {
        try (RawClient client = serve(exchange -> exchange.answer(Status.CONFLICT))) {
            client.send("POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n");
            assertThat(client.answer()).startsWith("HTTP/1.1 409 ");
            client.send("x".repeat(100_000)).send("POST / HTTP/1.1\r\nContent-Length: 4000000\r\n\r\n");
            client.send("x".repeat(4_000_000)).send("GET / HTTP/1.1\r\n\r\n");
            assertThat(client.answer()).as("to who sends first and looks then").startsWith("HTTP/1.1 409 ");
            assertThat(client.answer()).startsWith("HTTP/1.1 409 ");
        }
    }

    @Test
    void aBodyThatWasNotReadIsNotDiscardedForEver() throws Exception {
        try (RawClient client = serve(exchange -> exchange.answer(Status.CONFLICT))) {
            client.send("POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\nabc");
            assertThat(client.answer()).startsWith("HTTP/1.1 409 ");
            assertThat(client.rest()).as("up to the connection's end").isEmpty();
        }
    }

    @Test
    void theEndOfTheLastAnswerIsSeenWhileTheBodyThatItsHandlerDidNotReadIsSent() throws Exception {
        try (RawClient client = serve(exchange -> exchange.answer(Status.CONFLICT))) {
            client.send("POST / HTTP/1.1\r\nConnection: close\r\nContent-Length: 4000000\r\n\r\n");
            assertThat(client.answer()).startsWith("HTTP/1.1 409 ").contains("Connection: close");
            assertThat(client.rest()).isEmpty();
            client.send("x".repeat(3_999_999));
            Thread.sleep(20);
            client.send("x");
        }
    }

    @Test
    void aBodyThatBreaksOffIsAnErrorToItsReader() throws Exception {
        CompletableFuture<String> outcome = new CompletableFuture<>();
        try (RawClient client = serve(exchange -> {
            try (InputStream body = exchange.body()) {
                body.readAllBytes();
            } catch (IOException e) {
                outcome.complete(String.valueOf(e.getMessage()));
            }
        })) {
            client.send("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc");
        }
        assertThat(outcome.get(30, TimeUnit.SECONDS)).contains("closed the connection before the end");
    }

    @Test
    void aHalfClosedRequestIsStillAnswered() throws Exception {
        try (RawClient client = serve(HttpServerTest::echo)) {
            client.send("GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n").closeOutput();
            assertThat(client.rest()).contains("GET /a  ").endsWith("GET /b  ");
        }
    }

    @Test
    void http10IsSpoken() throws Exception {
        try (RawClient client = serve(exchange -> {
            try (OutputStream out = exchange.stream(Status.OK, "text/plain")) {
                out.write("whole".getBytes(StandardCharsets.UTF_8));
            }
        })) {
            client.send("GET / HTTP/1.0\r\n\r\n");
            assertThat(client.rest()).contains("\r\nConnection: close\r\n").endsWith("\r\n\r\nwhole");
        }
    }

    @Test
    void theAnswerToHeadHasNoBody() throws Exception {
        try (RawClient client = serve(HttpServerTest::echo)) {
            client.send("HEAD /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n");
            assertThat(client.head()).contains("\r\nContent-Length: 9\r\n");
            assertThat(client.answer()).endsWith("GET /b  ");
        }
    }

    @Test
    void aClientThatExpectsToBeToldIsToldToGoOn() throws Exception {
        try (RawClient client = serve(HttpServerTest::echo)) {
            client.send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
            assertThat(client.head()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            assertThat(client.send("ok").answer()).endsWith("POST /  ok");
        }
    }

    @Test
    void aFailingHandlerIsAnErrorAndAFailureInMidAnswerCutsItOff() throws Exception {
        try (RawClient client = serve(exchange -> {
            throw new IllegalStateException("on purpose");
        })) {
            assertThat(client.send("GET / HTTP/1.1\r\n\r\n").answer()).startsWith("HTTP/1.1 500 ");
        }
        try (RawClient client = serve(exchange -> {
            exchange.stream(Status.OK, "text/plain").flush();
            throw new IOException("on purpose");
        })) {
            client.send("GET / HTTP/1.1\r\n\r\n");
            assertThatThrownBy(client::answer).isInstanceOf(IOException.class);
        }
    }

    @Test
    void moreConnectionsThanAllowedAreTurnedAway() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        try {
            clients.add(serve(HttpServerTest::echo));
            for (int i = 1; i < LIMITS.connections(); i++) {
                clients.add(connect());
            }
            for (RawClient client : clients) {
                assertThat(client.send("GET / HTTP/1.1\r\n\r\n").answer()).startsWith("HTTP/1.1 200 ");
            }
            try (RawClient tooMany = connect()) {
                assertThat(tooMany.rest()).startsWith("HTTP/1.1 503 ").contains("{\"message\":");
            }
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void drainingEndsStreamsAndIdleConnections() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        try (RawClient busy = serve(exchange -> {
            if (exchange.request().path().equals("/idle")) {
                exchange.answer(Status.OK);
                return;
            }
            exchange.onDisconnect(gone::countDown);
            try (OutputStream out = exchange.stream(Status.OK, "text/plain")) {
                out.flush();
                await(gone);
                out.write("the end".getBytes(StandardCharsets.UTF_8));
            }
        })) {
            busy.send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
            String head = busy.head();
            try (RawClient idle = connect()) {
                idle.send("HEAD /idle HTTP/1.1\r\n\r\n").head();
                servers.getFirst().drain();
                assertThat(idle.rest()).isEmpty();
            }
            assertThat(head + busy.chunk()).endsWith("the end");
            assertThatThrownBy(this::connect).isInstanceOf(IOException.class);
        }
    }

    @Test
    void tcpIsServedAsWell() throws Exception {
        HttpServer server = server(HttpServerTest::echo);
        InetSocketAddress address = server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            socket.getOutputStream()
                    .write("GET /tcp HTTP/1.1\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .endsWith("GET /tcp  ");
        }
    }

    @Test
    void aSocketThatCannotBeIsAnErrorThatNamesIt() {
        HttpServer server = server(HttpServerTest::echo);
        Path missing = dir.resolve("missing/d.sock");
        assertThatThrownBy(() -> server.listen(missing))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(missing.toString());
    }

    private String refusal(String request) throws IOException {
        try (RawClient client = serve(HttpServerTest::echo)) {
            return client.send(request).rest();
        }
    }

    private static void echo(Exchange exchange) throws IOException {
        Request request = exchange.request();
        String body = new String(exchange.document().orElseThrow(), StandardCharsets.UTF_8);
        String text = request.method() + " " + request.path() + " "
                + request.queryValue("q").orElse("") + " " + body;
        exchange.answer(Status.OK, "text/plain", text.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean await(CountDownLatch latch) throws IOException {
        try {
            return latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private HttpServer server(Handler handler) {
        HttpServer server = new HttpServer(handler, LIMITS, List.of("Server: Test"));
        servers.add(server);
        return server;
    }

    private RawClient serve(Handler handler) throws IOException {
        HttpServer server = server(handler);
        server.listen(dir.resolve("s" + servers.size()));
        return connect();
    }

    private RawClient connect() throws IOException {
        return new RawClient(dir.resolve("s" + servers.size()));
    }
}
