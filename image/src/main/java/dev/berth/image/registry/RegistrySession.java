package dev.berth.image.registry;

import dev.berth.image.oci.ImageException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Optional;

/**
 * One registry as one user meets it: finds out how it is spoken to, shows credentials to it alone, and follows where it
 * sends us. Safe for use by many threads; whoever opened it closes it.
 */
final class RegistrySession implements AutoCloseable {
    private static final int UNAUTHORIZED = 401;
    private static final int OK = 200;

    private final RegistryAddress address;
    private final Wire wire;
    private final Authorizer authorizer;
    private Optional<String> scheme = Optional.empty();

    private RegistrySession(RegistryAddress address, Wire wire, Credentials credentials) {
        this.address = address;
        this.wire = wire;
        this.authorizer = new Authorizer(wire, address, credentials);
    }

    /**
     * A session; nothing is sent yet.
     *
     * @throws ImageException BAD_REQUEST if the options for this registry can't be used
     */
    static RegistrySession open(String domain, RegistryOptions options, Credentials credentials) throws ImageException {
        return open(RegistryAddress.of(domain, options), options, credentials);
    }

    /** A session with the registry at an address. */
    static RegistrySession open(RegistryAddress address, RegistryOptions options, Credentials credentials)
            throws ImageException {
        return new RegistrySession(address, new Wire(address, options), credentials);
    }

    /** The token that may stand for the password from now on, if the registry's authorization service gave one. */
    Optional<String> identityToken() {
        return authorizer.identityToken();
    }

    /** The address of a path. Asks the registry how it is spoken to, the first time. */
    URI uri(String path) throws IOException {
        return address.uri(scheme(), path);
    }

    /**
     * Sends a request; the caller closes the answer. One that demands credentials is met once, one that sends us
     * elsewhere is followed.
     *
     * @throws ImageException UNAVAILABLE, UNAUTHORIZED; INVALID if it sends us in circles
     */
    Answer send(Call call) throws IOException {
        URI target = call.target();
        boolean asked = false;
        for (int redirects = 0; redirects <= RegistryLimits.REDIRECTS; ) {
            URI current = target;
            Optional<String> shown = isRegistry(current) ? authorizer.header(call.scopes()) : Optional.empty();
            Answer answer = exchange(call, current, shown);
            Optional<String> location = redirection(call, answer);
            if (location.isPresent()) {
                answer.close();
                target = follow(current, location.get(), call.action());
                redirects++;
            } else if (answer.status() == UNAUTHORIZED && isRegistry(current) && !asked) {
                asked = true;
                List<String> demands = answer.response().headers().allValues("WWW-Authenticate");
                if (!authorizer.learn(Challenge.parse(demands), shown, call.scopes())) {
                    return answer;
                }
                answer.close();
            } else {
                return answer;
            }
        }
        throw ImageException.invalid(call.action() + ": " + address.domain() + " redirects in circles");
    }

    /** Where an answer sends us for the next step of an upload. */
    URI next(Answer answer, String action) throws ImageException {
        String location = answer.header("Location")
                .orElseThrow(() -> ImageException.invalid(
                        action + ": " + address.domain() + " does not say where (no Location header)"));
        return follow(answer.uri(), location, action);
    }

    @Override
    public void close() {
        wire.close();
    }

    private Answer exchange(Call call, URI target, Optional<String> authorization) throws IOException {
        if (call.repeatable()) {
            return wire.send(() -> request(call, target, authorization), call.action());
        }
        try {
            return wire.once(request(call, target, authorization));
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            throw Wire.unreachable(target, call.action(), e);
        }
    }

    private static HttpRequest request(Call call, URI target, Optional<String> authorization) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(target)
                .timeout(call.patience())
                .header("User-Agent", "berth")
                .method(call.method(), call.body().get());
        if ("http".equals(target.getScheme())) {
            builder.version(HttpClient.Version.HTTP_1_1); // no attempts at an upgrade
        }
        call.headers().forEach(builder::header);
        authorization.ifPresent(value -> builder.header("Authorization", value));
        return builder.build();
    }

    /** Where a reading request is sent on to. Writing ones are not: what they carry is for the registry. */
    private static Optional<String> redirection(Call call, Answer answer) {
        boolean reads = call.method().equals("GET") || call.method().equals("HEAD");
        return switch (answer.status()) {
            case 301, 302, 303, 307, 308 -> reads ? answer.header("Location") : Optional.empty();
            default -> Optional.empty();
        };
    }

    private URI follow(URI from, String location, String action) throws ImageException {
        URI target;
        try {
            target = from.resolve(new URI(location));
        } catch (URISyntaxException e) {
            throw new ImageException(
                    ImageException.Kind.INVALID, action + ": " + address.domain() + " sends to a malformed address", e);
        }
        boolean secure = "https".equals(target.getScheme());
        boolean stillPlain = "http".equals(target.getScheme()) && "http".equals(from.getScheme());
        if (target.getHost() == null || target.getRawUserInfo() != null || (!secure && !stillPlain)) {
            throw ImageException.invalid(action + ": " + address.domain()
                    + " sends to an address that is not followed: " + target.getScheme() + "://" + target.getHost());
        }
        return target;
    }

    private boolean isRegistry(URI uri) {
        return address.host().equalsIgnoreCase(uri.getAuthority());
    }

    private synchronized String scheme() throws IOException {
        if (scheme.isEmpty()) {
            scheme = Optional.of(
                    switch (address.trust()) {
                        case VERIFIED -> "https";
                        case PLAIN -> "http";
                        case INSECURE -> firstThatAnswers("https", "http");
                        case LOOPBACK -> firstThatAnswers("http", "https");
                    });
        }
        return scheme.get();
    }

    private String firstThatAnswers(String preferred, String other) throws IOException {
        return answersAsRegistry(preferred) || !answersAsRegistry(other) ? preferred : other;
    }

    private boolean answersAsRegistry(String protocol) throws IOException {
        Call ping = Call.of("GET", address.uri(protocol, "/v2/"), "", List.of());
        try (Answer answer = wire.once(request(ping, ping.target(), Optional.empty()))) {
            if (answer.status() == UNAUTHORIZED) {
                List<String> demands = answer.response().headers().allValues("WWW-Authenticate");
                return !Challenge.parse(demands).isEmpty();
            }
            return answer.status() == OK;
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            return false; // the request that follows tells why
        }
    }
}
