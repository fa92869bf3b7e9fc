package dev.berth.api.http;

import io.netty.channel.Channel;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One request and its answer. A handler answers exactly once: with a whole body, with a stream, or by taking the
 * connection over. Used by the handler's thread alone.
 */
public final class Exchange {
    private enum State {
        UNANSWERED,
        STREAMING,
        COMPLETE,
        TAKEN_OVER
    }

    private final Connection connection;
    private final Request request;
    private final Body body;
    private final List<String> headerLines = new ArrayList<>();
    private boolean continueExpected;
    private boolean keepAlive;
    private State state = State.UNANSWERED;

    Exchange(Connection connection, Request request, Body body) {
        this.connection = connection;
        this.request = request;
        this.body = body;
        this.continueExpected = request.headerHasWord("expect", "100-continue");
        this.keepAlive = request.http11() && !request.headerHasWord("connection", "close");
    }

    public Request request() {
        return request;
    }

    /** The request's body as it arrives; reading waits for the client. */
    public InputStream body() throws IOException {
        if (continueExpected) {
            continueExpected = false;
            connection.outflow().send(Ascii.bytes("HTTP/1.1 100 Continue\r\n\r\n"), new byte[0]);
        }
        return body;
    }

    /**
     * The request's whole body.
     *
     * @return empty if it is longer than {@link Limits#documentBytes}
     */
    public Optional<byte[]> document() throws IOException {
        Limits limits = connection.limits();
        body();
        long deadline = System.nanoTime() + limits.documentTimeout().toNanos();
        return Optional.ofNullable(body.readAtMost(limits.documentBytes(), deadline));
    }

    /** The process at the other end; empty where it is not of this host, or not in sight. */
    public Optional<ClientProcess> clientProcess() throws IOException {
        return connection.clientProcess();
    }

    /** Adds a header field to the answer, which must not have begun. */
    public void header(String name, String value) {
        headerLines.add(name + ": " + value.replace('\r', ' ').replace('\n', ' ') + "\r\n");
    }

    /** Whether the client is on this host, at a Unix socket: it sees the files that the daemon sees, or could. */
    public boolean isLocal() {
        return connection.isLocal();
    }

    /** Whether the answer has begun, so that no other can be given. */
    public boolean isAnswered() {
        return state != State.UNANSWERED;
    }

    /** Answers without a body. */
    public void answer(Status status) throws IOException {
        answer(status, "", new byte[0]);
    }

    /** Answers with a whole body. */
    public void answer(Status status, String contentType, byte[] content) throws IOException {
        begin(State.COMPLETE);
        if (!status.isBodiless()) {
            if (!contentType.isEmpty()) {
                header("Content-Type", contentType);
            }
            header("Content-Length", Integer.toString(content.length));
        }
        boolean withBody = !status.isBodiless() && !request.method().equals("HEAD");
        connection.outflow().send(head(status), withBody ? content : new byte[0]);
    }

    /**
     * Answers with a body of unknown length. The caller writes and closes the stream; without the close the client
     * sees the answer as cut off. {@code flush()} sends what was written so far, the head with it.
     */
    public OutputStream stream(Status status, String contentType) throws IOException {
        begin(State.STREAMING);
        header("Content-Type", contentType);
        if (request.http11()) {
            header("Transfer-Encoding", "chunked");
        } else {
            keepAlive = false;
        }
        byte[] head = head(status);
        connection.outflow().send(head, 0, head.length);
        return new AnswerStream(
                connection.outflow(), request.http11(), request.method().equals("HEAD"), () -> {
                    state = State.COMPLETE;
                });
    }

    /**
     * Answers by making the connection a raw stream of bytes in both directions: with {@code 101 UPGRADED} if the
     * client asked for an upgrade, else with {@code 200 OK}. The caller closes it; the connection ends with it.
     *
     * @throws IOException if the request's body was not read to its end, or more than the request came already
     */
    public RawStream takeOver(String contentType) throws IOException {
        begin(State.TAKEN_OVER);
        boolean upgrade = request.headerHasWord("connection", "upgrade")
                && request.header("upgrade").isPresent();
        String head = upgrade
                ? "HTTP/1.1 101 UPGRADED\r\nContent-Type: " + contentType
                        + "\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
                : "HTTP/1.1 200 OK\r\nContent-Type: " + contentType + "\r\n\r\n";
        keepAlive = false;
        return connection.takeOver(Ascii.bytes(head));
    }

    /**
     * Answers with {@code 101 Switching Protocols}, hands the connection's channel to another protocol, and waits for the
     * connection's end. The protocol puts its handlers before the last one of the pipeline, on the event loop; what they let
     * through is dropped. The connection ends when the client closes its side, or this thread is interrupted.
     *
     * @throws IOException if interrupted
     */
    public void handOver(String protocolName, Consumer<Channel> protocol) throws IOException {
        begin(State.TAKEN_OVER);
        keepAlive = false;
        connection.handOver(
                Ascii.bytes("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: " + protocolName
                        + "\r\n\r\n"),
                protocol);
    }

    /**
     * Has something called when the client is gone, or has closed its side of the connection although no handler has
     * taken it over; at once if that is so already. Called on the event loop: it must not block. Replaces an earlier one.
     */
    public void onDisconnect(Runnable action) {
        connection.onDisconnect(action);
    }

    boolean isComplete() {
        return state == State.COMPLETE;
    }

    boolean isTakenOver() {
        return state == State.TAKEN_OVER;
    }

    boolean keepsAlive() {
        return keepAlive;
    }

    Body content() {
        return body;
    }

    private void begin(State next) {
        if (state != State.UNANSWERED) {
            throw new IllegalStateException("the request is answered already");
        }
        state = next;
    }

    private byte[] head(Status status) {
        StringBuilder head = new StringBuilder(256);
        head.append("HTTP/1.1 ")
                .append(status.code())
                .append(' ')
                .append(status.reason())
                .append("\r\n");
        head.append(connection.commonHeaders());
        headerLines.forEach(head::append);
        if (!keepAlive) {
            head.append("Connection: close\r\n");
        } else if (!request.http11()) {
            head.append("Connection: keep-alive\r\n");
        }
        return Ascii.bytes(head.append("\r\n").toString());
    }
}
