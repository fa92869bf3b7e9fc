package dev.berth.api.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** A client that sends the very bytes that a test wants sent. Closing it closes its connection. */
public final class RawClient implements AutoCloseable {
    private final SocketChannel channel;
    private final ByteBuffer in = ByteBuffer.allocate(64 << 10).flip();

    public RawClient(Path socket) throws IOException {
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
    }

    public SocketChannel channel() {
        return channel;
    }

    public RawClient send(String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        return this;
    }

    public RawClient closeOutput() throws IOException {
        channel.shutdownOutput();
        return this;
    }

    /** Reads up to the empty line that ends a head. */
    public String head() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) next());
        }
        return head.toString();
    }

    /** Reads a whole answer: its head and, after it, its decoded body. */
    public String answer() throws IOException {
        String head = head();
        if (head.startsWith("HTTP/1.1 204") || head.startsWith("HTTP/1.1 100")) {
            return head;
        }
        Optional<String> length = header(head, "content-length");
        if (length.isPresent()) {
            return head + text(Integer.parseInt(length.get()));
        }
        return head + (header(head, "transfer-encoding").isPresent() ? chunks() : rest());
    }

    public String text(int length) throws IOException {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = next();
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    public String chunk() throws IOException {
        StringBuilder size = new StringBuilder();
        while (size.indexOf("\r\n") < 0) {
            size.append((char) next());
        }
        String chunk = text(Integer.parseInt(size.toString().strip(), 16));
        text(2);
        return chunk;
    }

    /** Reads up to where the server closes its side. */
    public String rest() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (fill()) {
            bytes.write(in.get());
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    private String chunks() throws IOException {
        StringBuilder body = new StringBuilder();
        for (String chunk = chunk(); !chunk.isEmpty(); chunk = chunk()) {
            body.append(chunk);
        }
        return body.toString();
    }

    private static Optional<String> header(String head, String name) {
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst();
    }

    private byte next() throws IOException {
        if (!fill()) {
            throw new EOFException("the server has closed the connection");
        }
        return in.get();
    }

    private boolean fill() throws IOException {
        if (!in.hasRemaining()) {
            in.clear();
            int count = channel.read(in);
            in.flip();
            return count > 0;
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
