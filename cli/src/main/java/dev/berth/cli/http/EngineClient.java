package dev.berth.cli.http;

import dev.berth.cli.CliException;
import dev.berth.cli.endpoint.Endpoint;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Speaks to a daemon. */
public final class EngineClient {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final byte[] NEW_LINE = {'\r', '\n'};

    private final Endpoint endpoint;

    public EngineClient(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** {@code unix:///path} or {@code tcp://name:port}. */
    public String host() {
        return endpoint.host();
    }

    /** Whether it listens on a socket of this host. */
    public boolean isLocal() {
        return endpoint.isUnix();
    }

    /** Whether somebody answers. */
    public boolean answers() {
        try (Connection connection = Connection.open(endpoint)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** A value for a path or a query. */
    public static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    public Tree get(String path) {
        return json("GET", path, null);
    }

    public Tree post(String path, @Nullable Object body) {
        return json("POST", path, body);
    }

    public Tree delete(String path) {
        return json("DELETE", path, null);
    }

    private Tree json(String method, String path, @Nullable Object body) {
        try (Answer answer = send(method, path, body, Map.of())) {
            return answer.json();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Sends a request with a document, or none; the caller closes the answer.
     *
     * @throws ApiException for a status of 400 and more
     */
    public Answer send(String method, String path, @Nullable Object body, Map<String, String> headers)
            throws IOException {
        Connection connection = connect();
        try {
            byte[] content = body == null ? new byte[0] : Json.text(body).getBytes(StandardCharsets.UTF_8);
            connection.send(head(method, path, headers)
                    + (body == null ? "" : "Content-Type: application/json\r\n")
                    + "Content-Length: " + content.length + "\r\nConnection: close\r\n\r\n");
            write(connection, content);
            return checked(connection.answer(method.equals("HEAD")));
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** A daemon that refuses before it has read all stops reading: its answer counts then, not our broken pipe. */
    private static void write(Connection connection, byte[] content) {
        try {
            connection.output().write(content);
        } catch (IOException e) {
            // if there is no answer either, reading it says so
        }
    }

    /** Writes a body of any length. */
    @FunctionalInterface
    public interface Body {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Sends a request with a body of any length; the caller closes the answer. */
    public Answer upload(String path, InputStream body) throws IOException {
        return upload("POST", path, body::transferTo);
    }

    /** Sends a request with a body of any length; the caller closes the answer. */
    public Answer upload(String method, String path, Body body) throws IOException {
        return upload(method, path, Map.of(), body);
    }

    /** Sends a request with a body of any length and further header fields; the caller closes the answer. */
    public Answer upload(String method, String path, Map<String, String> headers, Body body) throws IOException {
        Connection connection = connect();
        try {
            connection.send(head(method, path, headers)
                    + "Content-Type: application/x-tar\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
            OutputStream out = new BufferedOutputStream(new Chunks(connection.output()), BUFFER_BYTES);
            body.writeTo(out);
            out.close();
            return checked(connection.answer(false));
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** A daemon that answers before the end, to refuse, stops reading: its answer counts then, not our broken pipe. */
    private static final class Chunks extends OutputStream {
        private final OutputStream out;
        private boolean refused;

        Chunks(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            if (length > 0) {
                send(Integer.toHexString(length) + "\r\n", bytes, offset, length);
            }
        }

        private void send(String head, byte[] bytes, int offset, int length) {
            if (refused) {
                return;
            }
            try {
                out.write(head.getBytes(StandardCharsets.US_ASCII));
                out.write(bytes, offset, length);
                out.write(NEW_LINE);
            } catch (IOException e) {
                refused = true;
            }
        }

        @Override
        public void close() {
            send("0\r\n", NEW_LINE, 0, 0);
        }
    }

    /** Has the connection become a stream; the caller closes it. */
    public Hijacked hijack(String path, @Nullable Object body) throws IOException {
        Connection connection = connect();
        try {
            byte[] content = body == null ? new byte[0] : Json.text(body).getBytes(StandardCharsets.UTF_8);
            connection.send(head("POST", path, Map.of())
                    + "Connection: Upgrade\r\nUpgrade: tcp\r\n"
                    + (body == null ? "" : "Content-Type: application/json\r\n")
                    + "Content-Length: " + content.length + "\r\n\r\n");
            connection.output().write(content);
            Answer answer = checked(connection.answer(false));
            String type = answer.headers().getOrDefault("content-type", "");
            return new Hijacked(connection, type.endsWith("multiplexed-stream"));
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private Connection connect() {
        try {
            return Connection.open(endpoint);
        } catch (IOException e) {
            throw new CliException(
                    "Cannot connect to the Berth daemon at " + host() + ". Is the berth daemon running?");
        }
    }

    private static String head(String method, String path, Map<String, String> headers) {
        StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: berth\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        return head.toString();
    }

    private static Answer checked(Answer answer) throws IOException {
        if (answer.status() < 400) {
            return answer;
        }
        byte[] body = answer.body().readAllBytes();
        String message;
        try {
            message = Json.parse(body).text("message");
        } catch (IllegalArgumentException e) {
            message = new String(body, StandardCharsets.UTF_8).strip();
        }
        throw new ApiException(answer.status(), message);
    }
}
