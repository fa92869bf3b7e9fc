package dev.berth.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An engine that does nothing: the first request of a kind is answered by the real engine behind it, and that answer is given
 * again, byte for byte, to all that follow. What a client takes then is the client's own. Closed by whoever opened it.
 */
final class Replay implements AutoCloseable {
    private final Path socket;
    private final Path engine;
    private final ServerSocketChannel server;
    private final Map<String, byte[]> answers = new ConcurrentHashMap<>();

    /** @param engine the real one's socket */
    Replay(Path socket, Path engine) throws IOException {
        this.socket = socket;
        this.engine = engine;
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofPlatform().daemon().name("replay").start(this::accept);
    }

    Path socket() {
        return socket;
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel client = server.accept();
                Thread.ofPlatform().daemon().name("replay-client").start(() -> serve(client));
            }
        } catch (IOException e) {
            return; // it is closed
        }
    }

    private void serve(SocketChannel client) {
        try (client) {
            InputStream in = new BufferedInputStream(Channels.newInputStream(client), 1 << 16);
            while (true) {
                Head request = Head.read(in);
                byte[] known = answers.get(request.firstLine());
                if (known == null) {
                    known = ask(request, in);
                    answers.put(request.firstLine(), known);
                } else {
                    request.copyBody(in, OutputStream.nullOutputStream());
                }
                write(client, known);
            }
        } catch (IOException e) {
            return; // the client has left
        }
    }

    private byte[] ask(Head request, InputStream body) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(engine))) {
            OutputStream out = Channels.newOutputStream(channel);
            out.write(request.bytes());
            request.copyBody(body, out);
            InputStream in = new BufferedInputStream(Channels.newInputStream(channel));
            Head head = Head.read(in);
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            answer.write(head.bytes());
            if (!request.firstLine().startsWith("HEAD ")) {
                head.copyBody(in, answer);
            }
            return answer.toByteArray();
        }
    }

    private static void write(SocketChannel channel, byte[] bytes) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
            channel.write(left);
        }
    }

    /** What a request or an answer begins with, as it was sent. */
    private record Head(String firstLine, byte[] bytes, int length, boolean chunked) {
        static Head read(InputStream in) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            String first = line(in, bytes);
            int length = 0;
            boolean chunked = false;
            for (String header = line(in, bytes); !header.isEmpty(); header = line(in, bytes)) {
                String lower = header.toLowerCase(Locale.ROOT);
                if (lower.startsWith("content-length:")) {
                    length = Integer.parseInt(
                            lower.substring("content-length:".length()).strip());
                }
                chunked |= lower.startsWith("transfer-encoding:") && lower.contains("chunked");
            }
            return new Head(first, bytes.toByteArray(), length, chunked);
        }

        /** Of a message that has a body if its head says so. */
        void copyBody(InputStream in, OutputStream out) throws IOException {
            if (!chunked) {
                out.write(in.readNBytes(length));
                return;
            }
            int size;
            do {
                size = Integer.parseInt(line(in, out), 16);
                out.write(in.readNBytes(size));
                line(in, out);
            } while (size > 0);
        }

        private static String line(InputStream in, OutputStream all) throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new EOFException("the connection was closed in the middle of a message");
                }
                line.write(c);
            }
            line.write('\n');
            all.write(line.toByteArray());
            return line.toString(StandardCharsets.ISO_8859_1).strip();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
