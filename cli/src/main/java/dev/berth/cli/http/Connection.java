package dev.berth.cli.http;

import dev.berth.cli.endpoint.Endpoint;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** One connection for one request (RFC 9112). Reading and writing may be done by a thread each. */
final class Connection implements AutoCloseable {
    private static final int MOST_HEADERS = 200;
    private static final int MOST_LINE = 64 << 10;
    private static final int BUFFER_BYTES = 32 << 10;

    private final Link link;
    private final InputStream in;

    private Connection(Link link) {
        this.link = link;
        this.in = new BufferedInputStream(link.input(), BUFFER_BYTES);
    }

    static Connection open(Endpoint endpoint) throws IOException {
        return new Connection(endpoint.tls().isPresent() ? TlsLink.open(endpoint) : ChannelLink.open(endpoint));
    }

    /** What carries the bytes. */
    interface Link {
        InputStream input();

        OutputStream output();

        /** Says that no more bytes come from us. */
        void endOutput() throws IOException;

        void close() throws IOException;
    }

    OutputStream output() {
        return link.output();
    }

    /** What comes after the answer's head, as it is. */
    InputStream input() {
        return in;
    }

    /** Tells the daemon that nothing more comes from us. */
    void endOutput() throws IOException {
        link.endOutput();
    }

    void send(String head) throws IOException {
        output().write(head.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Reads the answer's head; its body ends with the connection where nothing else is said. */
    Answer answer(boolean head) throws IOException {
        String[] status = line().split(" ", 3);
        if (status.length < 2 || !status[0].startsWith("HTTP/1.")) {
            throw new IOException("the daemon's answer is not HTTP");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon < 1 || headers.size() == MOST_HEADERS) {
                throw new IOException("the daemon's answer is not HTTP");
            }
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        int code = (int) number(status[1], 10);
        if (code == 100) {
            return answer(head);
        }
        return new Answer(code, headers, body(code, head, headers));
    }

    private static long number(String text, int radix) throws IOException {
        try {
            return Long.parseLong(text.strip(), radix);
        } catch (NumberFormatException e) {
            throw new IOException("the daemon's answer is not HTTP", e);
        }
    }

    private InputStream body(int code, boolean head, Map<String, String> headers) throws IOException {
        if (head || code == 204 || code == 304) {
            return new Body(0, false);
        }
        if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
            return new Body(0, true);
        }
        String length = headers.get("content-length");
        return new Body(length == null ? Long.MAX_VALUE : number(length, 10), false);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the daemon closed the connection without an answer");
            }
            if (line.length() == MOST_LINE) {
                throw new IOException("the daemon's answer is not HTTP");
            }
            line.append((char) b);
        }
        int end = line.length();
        return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
    }

    /** An answer's body, of which the end is known by its length, its last chunk, or the connection's end. */
    private final class Body extends InputStream {
        private final boolean chunked;
        private long left;
        private boolean ended;

        Body(long length, boolean chunked) {
            this.left = length;
            this.chunked = chunked;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (chunked && left == 0 && !ended) {
                nextChunk();
            }
            if (ended || left == 0) {
                return -1;
            }
            int count = in.read(bytes, offset, (int) Math.min(length, left));
            if (count < 0) {
                if (chunked || left != Long.MAX_VALUE) {
                    throw new EOFException("the daemon ended its answer too soon");
                }
                ended = true;
                return -1;
            }
            if (left != Long.MAX_VALUE) {
                left -= count;
            }
            if (chunked && left == 0) {
                line();
            }
            return count;
        }

        private void nextChunk() throws IOException {
            String size = line();
            int semicolon = size.indexOf(';');
            left = number(semicolon < 0 ? size : size.substring(0, semicolon), 16);
            if (left == 0) {
                ended = true;
                line();
            }
        }

        @Override
        public void close() throws IOException {
            Connection.this.close();
        }
    }

    @Override
    public void close() throws IOException {
        link.close();
    }
}
