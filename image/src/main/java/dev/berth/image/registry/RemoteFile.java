package dev.berth.image.registry;

import dev.berth.image.oci.ImageException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** A file from anywhere on the web, for {@code import}. Closing it ends the transfer. */
public final class RemoteFile implements AutoCloseable {
    private static final int OK = 200;
    private static final long INTERVAL_NANOS = Duration.ofMillis(100).toNanos();

    private final HttpClient client;
    private final InputStream body;

    private RemoteFile(HttpClient client, InputStream body) {
        this.client = client;
        this.body = body;
    }

    /**
     * Begins to fetch.
     *
     * @param source an address; {@code http://} is meant where it has no scheme
     * @throws ImageException BAD_REQUEST if it is none of HTTP, NOT_FOUND if there is no such file, UNAVAILABLE if it
     *     can't be had
     */
    public static RemoteFile open(String source, TransferListener listener) throws IOException {
        URI uri = uri(source);
        listener.event(new TransferEvent.Message(Optional.empty(), "Downloading from " + uri));
        HttpClient client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(RegistryLimits.CONNECT)
                .build();
        try {
            HttpResponse<InputStream> response = send(client, uri);
            if (response.statusCode() != OK) {
                throw new ImageException(
                        RegistryError.kind(response.statusCode()),
                        "import " + uri + ": " + uri.getHost() + " answers with status " + response.statusCode());
            }
            long total = response.headers().firstValueAsLong("Content-Length").orElse(0);
            return new RemoteFile(client, new Measured(response.body(), total, listener));
        } catch (IOException | RuntimeException e) {
            client.shutdownNow();
            throw e;
        }
    }

    private static HttpResponse<InputStream> send(HttpClient client, URI uri) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(RegistryLimits.ANSWER)
                .header("User-Agent", "berth")
                .build();
        try {
            return client.send(request, info -> new BodyStream(RegistryLimits.SILENCE));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + uri.getHost() + " was talked to");
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            throw Wire.unreachable(uri, "import", e);
        }
    }

    private static URI uri(String source) throws ImageException {
        try {
            URI uri = new URI(source.contains("://") ? source : "http://" + source);
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (web && uri.getHost() != null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw new ImageException(ImageException.Kind.BAD_REQUEST, malformed(source), e);
        }
        throw new ImageException(ImageException.Kind.BAD_REQUEST, malformed(source));
    }

    private static String malformed(String source) {
        return "import: \"" + RegistryError.printable(source) + "\" is no address that begins with http:// or https://";
    }

    /** What is in it; read by one thread. */
    public InputStream body() {
        return body;
    }

    @Override
    public void close() throws IOException {
        body.close();
        client.shutdownNow();
    }

    /** Tells how far it is. */
    private static final class Measured extends FilterInputStream {
        private final long total;
        private final TransferListener listener;
        private long current;
        private long told = System.nanoTime();

        Measured(InputStream in, long total, TransferListener listener) {
            super(in);
            this.total = total;
            this.listener = listener;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int n = super.read(bytes, offset, length);
            current += Math.max(n, 0);
            long now = System.nanoTime();
            if (n < 0 || now - told >= INTERVAL_NANOS) {
                told = now;
                listener.event(new TransferEvent.Measure("Importing", current, total));
            }
            return n;
        }
    }
}
