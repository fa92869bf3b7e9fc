package dev.berth.cli.registry;

import dev.berth.cli.CliException;
import dev.berth.cli.http.AnyCertificate;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads and writes manifests of one registry, as the user that {@code login} has made known (OCI distribution
 * specification). For one thread; closing it ends its connections.
 */
public final class RegistryClient implements AutoCloseable {
    private static final int MOST_BYTES = 4 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern PARAMETER = Pattern.compile("(\\w+)=\"([^\"]*)\"");
    private static final List<String> MANIFESTS = List.of(
            "application/vnd.oci.image.index.v1+json",
            "application/vnd.oci.image.manifest.v1+json",
            "application/vnd.docker.distribution.manifest.list.v2+json",
            "application/vnd.docker.distribution.manifest.v2+json");

    private final HttpClient http;
    private final String host;
    private final List<String> schemes;
    private final Optional<Login> login;
    /** The {@code Authorization} that the last challenge was answered with, by scope. */
    private final Map<String, String> shown = new HashMap<>();

    private record Reply(int status, HttpHeaders headers, byte[] body) {}

    /** A document as a registry has it. */
    public record Document(String mediaType, byte[] bytes, String digest) {}

    /**
     * @param domain as names begin with it
     * @param insecure whether plain HTTP and unknown certificates are fine
     */
    public RegistryClient(String domain, boolean insecure, Logins logins) {
        boolean hub = domain.equals("docker.io");
        this.host = hub ? "registry-1.docker.io" : domain;
        String name = host.replaceFirst(":\\d+$", "");
        boolean loopback = name.equals("localhost") || name.startsWith("127.") || name.equals("[::1]");
        this.schemes = loopback ? List.of("http", "https") : insecure ? List.of("https", "http") : List.of("https");
        this.login = logins.find(hub ? Logins.DOCKER_HUB : domain);
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(Duration.ofSeconds(15));
        if (insecure || loopback) {
            builder.sslContext(AnyCertificate.context());
        }
        this.http = builder.build();
    }

    /**
     * Fetches a manifest or a list of such.
     *
     * @throws CliException where there is none, or it can't be had
     */
    public Document manifest(ImageName name) {
        Reply answer = send(
                "GET",
                "/v2/" + name.path() + "/manifests/" + name.reference(),
                pull(name),
                Map.of("Accept", String.join(", ", MANIFESTS)),
                new byte[0]);
        if (answer.status() == 404) {
            throw new CliException("no such manifest: " + name);
        }
        check(answer, "get manifest " + name, 200);
        String digest = digest(answer.body());
        if (!name.digest().isEmpty()
                && name.digest().startsWith("sha256:")
                && !name.digest().equals(digest)) {
            throw new CliException("manifest " + name + " has another content: its digest is " + digest
                    + ". The registry is damaged or lies");
        }
        return new Document(mediaType(answer), answer.body(), digest);
    }

    private static String mediaType(Reply answer) {
        String type = answer.headers().firstValue("Content-Type").orElse("");
        int semicolon = type.indexOf(';');
        String bare = (semicolon < 0 ? type : type.substring(0, semicolon)).strip();
        return MANIFESTS.contains(bare)
                ? bare
                : parse(answer.body(), "manifest").text("mediaType");
    }

    /** Fetches a small blob, such as an image's configuration. */
    public byte[] blob(ImageName name, String digest) {
        Reply answer = send("GET", "/v2/" + name.path() + "/blobs/" + digest, pull(name), Map.of(), new byte[0]);
        check(answer, "get blob " + digest + " of " + name.repository(), 200);
        if (digest.startsWith("sha256:") && !digest(answer.body()).equals(digest)) {
            throw new CliException("blob " + digest + " has another content. The registry is damaged or lies");
        }
        return answer.body();
    }

    /** Puts a manifest or list under the name's tag or digest. */
    public void put(ImageName name, String mediaType, byte[] document) {
        Reply answer = send(
                "PUT",
                "/v2/" + name.path() + "/manifests/" + name.reference(),
                push(name),
                Map.of("Content-Type", mediaType),
                document);
        check(answer, "put manifest " + name, 201);
    }

    /** Has the registry take a blob over from another of its repositories. */
    public void mount(ImageName target, ImageName source, String digest) {
        Reply answer = send(
                "POST",
                "/v2/" + target.path() + "/blobs/uploads/?mount=" + encode(digest) + "&from=" + encode(source.path()),
                push(target) + " " + pull(source),
                Map.of(),
                new byte[0]);
        if (answer.status() == 202) {
            throw new CliException("couldn't mount blob " + digest + " from " + source.repository() + " into "
                    + target.repository() + ": the registry does not take it over. Push the image there first");
        }
        check(answer, "mount blob " + digest + " into " + target.repository(), 201);
    }

    private Reply send(String method, String path, String scopes, Map<String, String> headers, byte[] body) {
        IOException last = new IOException("nobody answers");
        for (String scheme : schemes) {
            URI uri = URI.create(scheme + "://" + host + path);
            try {
                Reply answer = once(method, uri, headers, body, shown.getOrDefault(scopes, ""));
                if (answer.status() == 401 && authorize(answer, scopes)) {
                    answer = once(method, uri, headers, body, shown.getOrDefault(scopes, ""));
                }
                return answer;
            } catch (IOException e) {
                last = e;
            }
        }
        String why = last.getMessage() == null ? last.getClass().getSimpleName() : last.getMessage();
        throw new CliException("can't talk to registry " + host + ": " + why
                + (schemes.size() > 1 ? "" : ". If it speaks plain HTTP, say --insecure"));
    }

    private Reply once(String method, URI uri, Map<String, String> headers, byte[] body, String authorization)
            throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .timeout(PATIENCE)
                .header("User-Agent", "berth")
                .method(method, body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        try {
            HttpResponse<InputStream> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream in = answer.body()) {
                byte[] bytes = in.readNBytes(MOST_BYTES + 1);
                if (bytes.length > MOST_BYTES) {
                    throw new CliException(host + " answers with more than " + MOST_BYTES + " bytes");
                }
                return new Reply(answer.statusCode(), answer.headers(), bytes);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Answers a challenge; false where there is nothing to show. */
    private boolean authorize(Reply refused, String scopes) throws IOException {
        String challenge = refused.headers().firstValue("WWW-Authenticate").orElse("");
        Optional<String> basic = login.filter(known -> known.identityToken().isEmpty())
                .map(known -> "Basic "
                        + Base64.getEncoder()
                                .encodeToString(
                                        (known.user() + ":" + known.password()).getBytes(StandardCharsets.UTF_8)));
        if (challenge.toLowerCase(Locale.ROOT).startsWith("basic")) {
            basic.ifPresent(header -> shown.put(scopes, header));
            return basic.isPresent();
        }
        Map<String, String> parameters = new HashMap<>();
        Matcher matcher = PARAMETER.matcher(challenge);
        while (matcher.find()) {
            parameters.put(matcher.group(1), matcher.group(2));
        }
        String realm = parameters.getOrDefault("realm", "");
        boolean plain = realm.startsWith("http://") && schemes.contains("http");
        if (!realm.startsWith("https://") && !plain) {
            return false;
        }
        shown.put(scopes, "Bearer " + token(realm, parameters.getOrDefault("service", ""), scopes, basic.orElse("")));
        return true;
    }

    private String token(String realm, String service, String scopes, String basic) throws IOException {
        StringBuilder form = new StringBuilder("service=" + encode(service));
        String token = login.map(Login::identityToken).orElse("");
        Reply answer;
        if (!token.isEmpty()) {
            form.append("&grant_type=refresh_token&client_id=berth&scope=").append(encode(scopes));
            form.append("&refresh_token=").append(encode(token));
            answer = once(
                    "POST",
                    URI.create(realm),
                    Map.of("Content-Type", "application/x-www-form-urlencoded"),
                    form.toString().getBytes(StandardCharsets.UTF_8),
                    "");
        } else {
            for (String scope : scopes.split(" ")) {
                form.append("&scope=").append(encode(scope));
            }
            String separator = realm.contains("?") ? "&" : "?";
            answer = once("GET", URI.create(realm + separator + form), Map.of(), new byte[0], basic);
        }
        check(answer, "get a token for " + host, 200);
        Tree json = parse(answer.body(), "token of " + host);
        String given = json.text("token").isEmpty() ? json.text("access_token") : json.text("token");
        if (!given.matches("[!-~]+")) {
            throw new CliException("get a token for " + host + ": its authorization service gave none");
        }
        return given;
    }

    private void check(Reply answer, String doing, int wanted) {
        if (answer.status() == wanted) {
            return;
        }
        String words = "status " + answer.status();
        try {
            List<Tree> errors = Json.parse(answer.body()).list("errors");
            if (!errors.isEmpty()) {
                words = errors.getFirst().text("code").toLowerCase(Locale.ROOT).replace('_', ' ') + ": "
                        + errors.getFirst().text("message");
            }
        } catch (IllegalArgumentException e) {
            words = "status " + answer.status(); // it says nothing more
        }
        throw new CliException(doing + ": " + words.replaceAll("\\p{Cntrl}+", " "));
    }

    static Tree parse(byte[] json, String what) {
        try {
            return Json.parse(json);
        } catch (IllegalArgumentException e) {
            throw new CliException(what + " is not JSON: " + e.getMessage());
        }
    }

    /** The SHA-256 digest of these bytes. */
    public static String digest(byte[] bytes) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    private static String pull(ImageName name) {
        return "repository:" + name.path() + ":pull";
    }

    private static String push(ImageName name) {
        return "repository:" + name.path() + ":pull,push";
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
