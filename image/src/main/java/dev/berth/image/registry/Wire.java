package dev.berth.image.registry;

import dev.berth.image.oci.ImageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests, and sends them again while the other side is overloaded or out of reach. The registry's own
 * certificates count for its host alone; all others are met as Java does. Safe for use by many threads.
 */
final class Wire implements AutoCloseable {
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERRORS = 500;
    private static final int NOT_IMPLEMENTED = 501;

    private final String host;
    private final Optional<SSLContext> certificates;
    private final int attempts;
    private @Nullable HttpClient registry;
    private @Nullable HttpClient others;
    /** Whether anybody has answered yet; until then, a refused connection is a mistake rather than a passing one. */
    private volatile boolean answered;

    Wire(RegistryAddress address, RegistryOptions options) throws ImageException {
        this.host = RegistryAddress.hostName(address.host());
        this.certificates = Certificates.context(address, options);
        this.attempts = options.downloadAttempts();
    }

    /** Sends a request once. */
    Answer once(HttpRequest request) throws IOException {
        HttpResponse.BodyHandler<InputStream> streaming = info -> new BodyStream(RegistryLimits.SILENCE);
        try {
            Answer answer = new Answer(request.uri(), client(request.uri()).send(request, streaming));
            answered = true;
            return answer;
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    /**
     * Sends a request, several times if need be; gives the last answer, whatever it says.
     *
     * @param action what it is for, as error messages begin: "pull manifest of debian:12"
     * @throws ImageException UNAVAILABLE if no answer comes
     */
    Answer send(Supplier<HttpRequest> request, String action) throws IOException {
        for (int attempt = 1; ; attempt++) {
            boolean last = attempt >= attempts;
            HttpRequest current = request.get();
            try {
                Answer answer = once(current);
                Optional<Duration> pause =
                        isPassing(answer.status()) && !last ? pause(answer, attempt) : Optional.empty();
                if (pause.isEmpty()) {
                    return answer;
                }
                answer.close();
                sleep(pause.get());
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                boolean mistake = e instanceof SSLException || (e instanceof ConnectException && !answered);
                if (last || mistake) {
                    throw unreachable(current.uri(), action, e);
                }
                sleep(growing(attempt));
            }
        }
    }

    /** The exception that says that a host can't be talked to, without the address's query, which may hold secrets. */
    static ImageException unreachable(URI uri, String action, IOException e) {
        String why = switch (e) {
            case HttpTimeoutException _ -> "it does not answer: " + e.getMessage();
            case ConnectException _
            when e.getCause() instanceof ConnectException deeper
                    && deeper.getCause() instanceof UnresolvedAddressException -> "no such host";
            case ConnectException _ -> "connection refused";
            case SSLException _ ->
                "TLS: " + e.getMessage()
                        + ". If its certificate is your own, put its authority into certs.d; if it speaks plain"
                        + " HTTP, list it as insecure";
            default -> String.valueOf(e.getMessage());
        };
        return new ImageException(
                ImageException.Kind.UNAVAILABLE,
                action + ": can't talk to " + uri.getScheme() + "://" + uri.getAuthority() + ": " + why,
                e);
    }

    static void sleep(Duration pause) throws InterruptedIOException {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    /** The pause after the given number of failures: doubling, with a little chance so that many don't come at once. */
    static Duration growing(int failures) {
        long millis = RegistryLimits.FIRST_PAUSE.toMillis() << Math.min(failures - 1, 10);
        long capped = Math.min(millis, RegistryLimits.LONGEST_PAUSE.toMillis());
        return Duration.ofMillis(capped + ThreadLocalRandom.current().nextLong(1 + capped / 4));
    }

    @Override
    public synchronized void close() {
        if (registry != null) {
            registry.shutdownNow();
        }
        if (others != null) {
            others.shutdownNow();
        }
    }

    private synchronized HttpClient client(URI uri) {
        if (host.equalsIgnoreCase(RegistryAddress.hostName(String.valueOf(uri.getHost())))) {
            HttpClient client = registry == null ? newClient(certificates) : registry;
            registry = client;
            return client;
        }
        HttpClient client = others == null ? newClient(Optional.empty()) : others;
        others = client;
        return client;
    }

    private static HttpClient newClient(Optional<SSLContext> certificates) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(RegistryLimits.CONNECT);
        certificates.ifPresent(builder::sslContext);
        return builder.build();
    }

    private static boolean isPassing(int status) {
        return status == TOO_MANY_REQUESTS || (status >= SERVER_ERRORS && status != NOT_IMPLEMENTED);
    }

    /** How long to wait before trying again; empty if the other side wants more patience than there is. */
    private static Optional<Duration> pause(Answer answer, int attempt) {
        Duration own = growing(attempt);
        Duration wanted = answer.header("Retry-After").map(Wire::retryAfter).orElse(own);
        return Optional.of(wanted.compareTo(own) > 0 ? wanted : own)
                .filter(pause -> pause.compareTo(RegistryLimits.LONGEST_PAUSE) <= 0);
    }

    /** Seconds, or a date (RFC 9110, section 10.2.3). */
    private static Duration retryAfter(String value) {
        try {
            return Duration.ofSeconds(Long.parseLong(value.strip()));
        } catch (NumberFormatException e) {
            try {
                Instant time = ZonedDateTime.parse(value.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant();
                return Duration.between(Instant.now(), time);
            } catch (DateTimeParseException malformed) {
                return Duration.ZERO;
            }
        }
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while a registry was talked to");
    }
}
