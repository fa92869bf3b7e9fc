package dev.berth.image.registry;

import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;

/**
 * What a registry is shown as {@code Authorization}: nothing until it asks; then a password, or a token that its
 * authorization service gives for each set of scopes (distribution token and OAuth 2 specifications). Safe for use by
 * many threads.
 */
final class Authorizer {
    private static final String CLIENT = "berth";
    private static final int OK = 200;

    private final Wire wire;
    private final RegistryAddress address;
    private final Credentials credentials;
    private final Map<SequencedSet<String>, Token> tokens = new HashMap<>();
    private Optional<Challenge> challenge = Optional.empty();
    private Optional<String> identityToken = Optional.empty();

    private record Token(String text, Instant end) {}

    Authorizer(Wire wire, RegistryAddress address, Credentials credentials) {
        this.wire = wire;
        this.address = address;
        this.credentials = credentials;
    }

    /** The header for a request that needs these scopes, such as {@code repository:library/debian:pull}. */
    synchronized Optional<String> header(SequencedSet<String> scopes) throws IOException {
        if (credentials instanceof Credentials.RegistryToken(String token)) {
            return Optional.of("Bearer " + token);
        }
        if (challenge.isEmpty()) {
            return Optional.empty();
        }
        if (challenge.get().scheme().equals("basic")) {
            return credentials instanceof Credentials.Basic basic ? Optional.of(basic(basic)) : Optional.empty();
        }
        Token token = tokens.get(scopes);
        if (token == null || token.end.isBefore(Instant.now())) {
            token = fetch(challenge.get(), scopes);
            tokens.put(scopes, token);
        }
        return Optional.of("Bearer " + token.text);
    }

    /**
     * Takes a registry's demand for credentials after a request was refused.
     *
     * @param sent what had been shown
     * @return whether there is something else to show now
     */
    synchronized boolean learn(List<Challenge> challenges, Optional<String> sent, SequencedSet<String> scopes)
            throws IOException {
        if (credentials instanceof Credentials.RegistryToken) {
            return false;
        }
        Optional<Challenge> bearer = first(challenges, "bearer");
        challenge = bearer.isPresent() ? bearer : first(challenges, "basic");
        Token refused = tokens.get(scopes);
        if (refused != null && sent.equals(Optional.of("Bearer " + refused.text))) {
            tokens.remove(scopes);
        }
        return challenge.isPresent() && !header(scopes).equals(sent);
    }

    /** The refresh token that came with the last token, if one did. */
    synchronized Optional<String> identityToken() {
        return identityToken;
    }

    private static Optional<Challenge> first(List<Challenge> challenges, String scheme) {
        return challenges.stream()
                .filter(challenge -> challenge.scheme().equals(scheme))
                .findFirst();
    }

    private Token fetch(Challenge asked, SequencedSet<String> scopes) throws IOException {
        URI realm = realm(asked);
        String action = "get a token for registry " + address.domain();
        try (Answer answer = wire.send(() -> request(realm, asked, scopes), action)) {
            if (answer.status() != OK) {
                throw RegistryError.of(answer, action);
            }
            JsonObject json = SecretJson.parse(
                    answer.read(RegistryLimits.ANSWER_BYTES, "token"), "token from " + realm.getHost());
            String token = json.string("token").isEmpty() ? json.string("access_token") : json.string("token");
            if (token.isEmpty() || token.length() > RegistryLimits.TOKEN_BYTES || !isPrintable(token)) {
                throw ImageException.invalid(action + ": " + realm.getHost() + " gave none that could be used");
            }
            String refresh = json.string("refresh_token");
            if (!refresh.isEmpty() && refresh.length() <= RegistryLimits.TOKEN_BYTES && isPrintable(refresh)) {
                identityToken = Optional.of(refresh);
            }
            Duration life = json.number("expires_in")
                    .map(seconds -> Duration.ofSeconds(Math.clamp(seconds, 0, 86_400)))
                    .filter(Duration::isPositive)
                    .orElse(RegistryLimits.TOKEN_LIFE);
            return new Token(token, Instant.now().plus(life.multipliedBy(9).dividedBy(10)));
        }
    }

    private URI realm(Challenge asked) throws ImageException {
        String text = asked.parameter("realm");
        try {
            URI realm = new URI(text);
            boolean plain = "http".equals(realm.getScheme());
            boolean mayBePlain = address.trust() != RegistryAddress.Trust.VERIFIED;
            if (realm.getHost() != null && ("https".equals(realm.getScheme()) || (plain && mayBePlain))) {
                return realm;
            }
        } catch (URISyntaxException e) {
            throw new ImageException(ImageException.Kind.INVALID, badRealm(text), e);
        }
        throw ImageException.invalid(badRealm(text));
    }

    private String badRealm(String text) {
        return "registry " + address.domain() + " sends to an authorization service that can't be used: \""
                + RegistryError.printable(text) + "\" (an https:// address is expected)";
    }

    private HttpRequest request(URI realm, Challenge asked, SequencedSet<String> scopes) {
        StringBuilder form = new StringBuilder();
        append(form, "service", asked.parameter("service"));
        HttpRequest.Builder builder = HttpRequest.newBuilder()
                .timeout(RegistryLimits.ANSWER)
                .header("Accept", "application/json")
                .header("User-Agent", CLIENT);
        if ("http".equals(realm.getScheme())) {
            builder.version(HttpClient.Version.HTTP_1_1);
        }
        if (credentials instanceof Credentials.IdentityToken(String refreshToken)) {
            append(form, "scope", String.join(" ", scopes));
            append(form, "grant_type", "refresh_token");
            append(form, "client_id", CLIENT);
            append(form, "refresh_token", refreshToken);
            return builder.uri(realm)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(form.toString()))
                    .build();
        }
        scopes.forEach(scope -> append(form, "scope", scope));
        if (credentials instanceof Credentials.Basic basic) {
            append(form, "account", basic.user());
            if (scopes.isEmpty()) { // a login: the token that is wanted is the one that can be kept
                append(form, "client_id", CLIENT);
                append(form, "offline_token", "true");
            }
            builder.header("Authorization", basic(basic));
        }
        String separator = realm.getRawQuery() == null ? "?" : "&";
        return builder.uri(URI.create(realm + separator + form)).GET().build();
    }

    private static void append(StringBuilder form, String name, String value) {
        if (!value.isEmpty()) {
            form.append(form.isEmpty() ? "" : "&")
                    .append(name)
                    .append('=')
                    .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
        }
    }

    private static String basic(Credentials.Basic basic) {
        byte[] pair = (basic.user() + ":" + basic.password()).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    private static boolean isPrintable(String token) {
        return token.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }
}
