package dev.berth.soak;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** One connection to the daemon's socket, kept alive between calls. Closing it in the middle of an answer is fine. */
final class Wire implements AutoCloseable {
    private static final int CONTINUE = 100;
    private static final int UPGRADED = 101;

    private final SocketChannel channel;
    private final InputStream in;

    Wire(Path socket) throws IOException {
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        in = new BufferedInputStream(Channels.newInputStream(channel), 1 << 16);
    }

    /** A whole answer. */
    record Answer(int status, Map<String, String> headers, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8).strip();
        }

        Tree tree() {
            try {
                return Tree.parse(body);
            } catch (RuntimeException e) {
                throw new Divergence("an answer that is no JSON: " + text(), e);
            }
        }
    }

    Answer call(String method, String path, String type, byte[] body) throws IOException {
        Head head = send(method, path, type, body, "");
        return new Answer(
                head.status(),
                head.headers(),
                method.equals("HEAD") ? new byte[0] : body(head).readAllBytes());
    }

    /** Sends a request and gives the answer's body as it comes, once its head is there. */
    InputStream stream(String method, String path) throws IOException {
        Head head = send(method, path, "application/json", new byte[0], "");
        if (head.status() != 200) {
            throw new Divergence(method + " " + path + ": " + head.status() + " "
                    + new String(body(head).readAllBytes(), StandardCharsets.UTF_8));
        }
        return body(head);
    }

    /** Takes the connection over for what comes after the answer's head; {@link #write} and {@link #endInput} go on it. */
    InputStream hijack(String path, String json) throws IOException {
        Head head = send(
                "POST",
                path,
                "application/json",
                json.getBytes(StandardCharsets.UTF_8),
                "Connection: Upgrade\r\nUpgrade: tcp\r\n");
        if (head.status() != UPGRADED) {
            throw new Divergence("POST " + path + ": " + head.status() + " "
                    + new String(body(head).readAllBytes(), StandardCharsets.UTF_8));
        }
        return in;
    }

    void write(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /** Nothing more will be sent; what comes is still read. */
    void endInput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private record Head(int status, Map<String, String> headers) {}

    private Head send(String method, String path, String type, byte[] body, String more) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        String head = method + " /v1.43" + path + " HTTP/1.1\r\nHost: soak\r\nContent-Type: " + type + "\r\n" + more
                + "Content-Length: " + body.length + "\r\n\r\n";
        request.write(head.getBytes(StandardCharsets.US_ASCII));
        request.write(body);
        write(request.toByteArray());
        Head answer = head();
        while (answer.status() == CONTINUE) {
            answer = head();
        }
        return answer;
    }

    private Head head() throws IOException {
        int status = Integer.parseInt(line().split(" ")[1]);
        Map<String, String> headers = new HashMap<>();
        for (String header = line(); !header.isEmpty(); header = line()) {
            int colon = header.indexOf(':');
            headers.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip());
        }
        return new Head(status, headers);
    }

    private InputStream body(Head head) {
        if (head.status() == 204 || head.status() == 304) {
            return InputStream.nullInputStream();
        }
        if (head.headers().getOrDefault("transfer-encoding", "").equals("chunked")) {
            return new Chunks();
        }
        String length = head.headers().get("content-length");
        return length == null ? in : new Counted(Long.parseLong(length));
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the engine closed the connection in mid-answer");
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    /** A body of a known length. */
    private final class Counted extends InputStream {
        private long left;

        Counted(long length) {
            left = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int count = in.read(into, offset, (int) Math.min(length, left));
            if (count < 0) {
                throw new EOFException("the engine closed the connection in mid-body");
            }
            left -= count;
            return count;
        }
    }

    /** A body in chunks. */
    private final class Chunks extends InputStream {
        private long left;
        private boolean begun;
        private boolean over;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (length == 0) {
                return 0; // and no waiting for a chunk that nobody has asked for
            }
            if (left == 0 && !over) {
                next();
            }
            if (over) {
                return -1;
            }
            int count = in.read(into, offset, (int) Math.min(length, left));
            if (count < 0) {
                throw new EOFException("the engine closed the connection in mid-chunk");
            }
            left -= count;
            return count;
        }

        private void next() throws IOException {
            if (begun) {
                line();
            }
            begun = true;
            left = Long.parseLong(line(), 16);
            if (left == 0) {
                line();
                over = true;
            }
        }
    }
}
