package dev.berth.conformance.crash;

import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** One request a connection, and the whole answer, or a failure: a daemon that dies in between has not answered. */
final class SocketClient {
    private static final int BUFFER_BYTES = 64 << 10;

    private final Path socket;

    SocketClient(Path socket) {
        this.socket = socket;
    }

    /** A whole answer. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answer(int status, byte[] body) {
        boolean isDone() {
            return status < 400;
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        Tree json() {
            return Json.parse(text());
        }

        /** What an image's operation failed with behind its 200; empty where it did not. */
        String laterError() {
            for (String line : text().split("\r?\n", -1)) {
                if (line.startsWith("{")) {
                    String error = Json.parse(line).text("error");
                    if (!error.isEmpty()) {
                        return error;
                    }
                }
            }
            return "";
        }
    }

    Answer get(String path) throws IOException {
        return send("GET", path, new byte[0], "application/json");
    }

    Answer post(String path, String json) throws IOException {
        return send("POST", path, json.getBytes(StandardCharsets.UTF_8), "application/json");
    }

    Answer delete(String path) throws IOException {
        return send("DELETE", path, new byte[0], "application/json");
    }

    Answer send(String method, String path, byte[] body, String type) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            write(
                    channel,
                    (method + " " + path + " HTTP/1.1\r\nHost: berth\r\nConnection: close\r\nContent-Type: " + type
                                    + "\r\nContent-Length: " + body.length + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            write(channel, body);
            return parse(readAll(channel));
        }
    }

    private static void write(SocketChannel channel, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private static byte[] readAll(SocketChannel channel) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        while (channel.read(buffer) >= 0) {
            all.write(buffer.array(), 0, buffer.position());
            buffer.clear();
        }
        return all.toByteArray();
    }

    private static Answer parse(byte[] bytes) throws IOException {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0 || !text.startsWith("HTTP/1.1 ")) {
            throw new EOFException("no answer");
        }
        int status = Integer.parseInt(text.substring(9, 12));
        String head = text.substring(0, end).toLowerCase(java.util.Locale.ROOT);
        String body = text.substring(end + 4);
        if (head.contains("\r\ntransfer-encoding: chunked")) {
            body = dechunk(body);
        } else if (head.contains("\r\ncontent-length: ")) {
            String length = head.replaceFirst("(?s).*\r\ncontent-length: (\\d+).*", "$1");
            if (body.length() < Integer.parseInt(length)) {
                throw new EOFException("the answer was cut off");
            }
        }
        return new Answer(status, body.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String dechunk(String chunked) throws IOException {
        StringBuilder body = new StringBuilder();
        int at = 0;
        while (true) {
            int line = chunked.indexOf("\r\n", at);
            if (line < 0) {
                throw new EOFException("the answer was cut off");
            }
            int length = Integer.parseInt(chunked.substring(at, line), 16);
            if (length == 0) {
                return body.toString();
            }
            if (chunked.length() < line + 2 + length + 2) {
                throw new EOFException("the answer was cut off");
            }
            body.append(chunked, line + 2, line + 2 + length);
            at = line + 2 + length + 2;
        }
    }
}
