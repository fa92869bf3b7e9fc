package dev.berth.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.image.ImageOptions;
import dev.berth.image.Images;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.ImageException.Kind;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Needs(Need.ROOT)
@LeavesNothingBehind
final class AuthorizationTest {
    private static final String PASSWORD = "s3cret+pass";
    private static final Credentials USER = new Credentials.Basic("alice", PASSWORD);
    private static final String BASIC =
            "Basic " + Base64.getEncoder().encodeToString(("alice:" + PASSWORD).getBytes(StandardCharsets.UTF_8));

    @TempDir
    Path dir;

    private FakeRegistry registry;
    private Images images;
    private TestImage image;

    @BeforeEach
    void start() throws IOException {
        registry = FakeRegistry.start();
        images = Images.open(dir.resolve("data"), ImageOptions.DEFAULT);
        image = TestImage.of(1000, 2000, 3000);
        registry.add("1", image);
    }

    @AfterEach
    void end() {
        images.close();
        registry.close();
    }

    @Test
    void aPasswordIsShownToARegistryThatAsksForIt() throws Exception {
        demand("Basic realm=\"x\"", BASIC);
        pull(USER);
        assertThat(registry.requests("/v2/").getFirst().header("Authorization")).isEmpty();
    }

    @Test
    void aWrongPasswordIsSaidButNotRepeated() {
        demand("Basic realm=\"x\"", "Basic other");
        assertThatPull(USER, Kind.UNAUTHORIZED)
                .hasMessageStartingWith("pull access denied for " + registry.domain() + "/x, repository does not exist")
                .hasMessageContaining("unauthorized: authentication required")
                .hasMessageNotContaining(PASSWORD);
    }

    @Test
    void aTokenIsFetchedOnceForAllRequests() throws Exception {
        demandToken("t0ken");
        registry.on("/token", exchange -> FakeRegistry.send(exchange, 200, "{\"token\":\"t0ken\",\"expires_in\":300}"));
        pull(USER);
        List<FakeRegistry.Request> asked = registry.requests("/token");
        assertThat(asked).hasSize(1);
        assertThat(asked.getFirst().header("Authorization")).contains(BASIC);
        assertThat(asked.getFirst().target())
                .isEqualTo("/token?service=the+service&scope=repository%3Ax%3Apull&account=alice");
    }

    @Test
    void nobodyGetsATokenToo() throws Exception {
        demandToken("t0ken");
        registry.on("/token", exchange -> FakeRegistry.send(exchange, 200, "{\"access_token\":\"t0ken\"}"));
        pull(Credentials.ANONYMOUS);
        assertThat(registry.requests("/token").getFirst().header("Authorization"))
                .isEmpty();
    }

    @Test
    void aTokenThatIsRefusedIsReplacedOnce() throws Exception {
        AtomicInteger number = new AtomicInteger();
        AtomicReference<String> good = new AtomicReference<>("t1");
        registry.on(
                "/token",
                exchange -> FakeRegistry.send(
                        exchange, 200, "{\"token\":\"t" + number.incrementAndGet() + "\",\"expires_in\":300}"));
        registry.on(exchange -> {
            String shown = exchange.getRequestHeaders().getFirst("Authorization");
            if (("Bearer " + good.get()).equals(shown)) {
                good.set(exchange.getRequestURI().getPath().contains("manifests") ? "t2" : good.get());
                return false;
            }
            return refuse(exchange, bearerChallenge());
        });
        pull(USER);
        assertThat(number).hasValue(2);
    }

    @Test
    void anIdentityTokenIsExchangedAndNotShownToTheRegistry() throws Exception {
        demandToken("t0ken");
        AtomicReference<String> form = new AtomicReference<>("");
        registry.on("/token", exchange -> {
            form.set(exchange.getRequestMethod() + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            return FakeRegistry.send(exchange, 200, "{\"access_token\":\"t0ken\"}");
        });
        pull(new Credentials.IdentityToken("refresh&me"));
        assertThat(form.get())
                .isEqualTo("POST service=the+service&scope=repository%3Ax%3Apull&grant_type=refresh_token"
                        + "&client_id=berth&refresh_token=refresh%26me");
    }

    @Test
    void aRegistryTokenIsShownAsItIs() throws Exception {
        demand("Bearer realm=\"http://localhost:1/\"", "Bearer mine");
        pull(new Credentials.RegistryToken("mine"));
    }

    @Test
    void anAuthorizationServiceThatRefusesOrTalksNonsenseIsSaid() {
        demandToken("t0ken");
        AtomicReference<String> body = new AtomicReference<>("");
        AtomicInteger status = new AtomicInteger(401);
        registry.on("/token", exchange -> FakeRegistry.send(exchange, status.get(), String.valueOf(body.get())));
        body.set("{\"details\":\"incorrect username or password\"}");
        assertThatPull(USER, Kind.UNAUTHORIZED)
                .hasMessage("get a token for registry " + registry.domain() + ": incorrect username or password");
        status.set(200);
        for (String nonsense : List.of(
                "{}",
                "[",
                "{\"token\":5}",
                "{\"token\":\"a b\\r\\nX: y\"}",
                "{\"token\":\"" + "x".repeat(70_000) + "\"}")) {
            body.set(nonsense);
            assertThatPull(USER, Kind.INVALID);
        }
        body.set("{\"token\":\"" + "x".repeat(2 << 20) + "\"}");
        assertThatPull(USER, Kind.TOO_LARGE);
    }

    @Test
    void credentialsAreNotSentToAnotherKindOfAddress() {
        demand("Bearer realm=\"ftp://localhost/token\"", "Bearer x");
        assertThatPull(USER, Kind.INVALID).hasMessageContaining("authorization service that can't be used");
    }

    @Test
    void credentialsDoNotFollowARedirectToAnotherHost() throws Exception {
        demand("Basic realm=\"x\"", BASIC, "/v2/");
        registry.on(FakeRegistry.blob(image, 0), exchange -> {
            exchange.getResponseHeaders()
                    .set("Location", "http://" + registry.otherDomain() + "/elsewhere?signature=abc");
            return FakeRegistry.send(exchange, 307, "");
        });
        registry.put("/elsewhere", "application/octet-stream", image.layers().getFirst());
        pull(USER);
        assertThat(registry.requests("/elsewhere").getFirst().header("Authorization"))
                .isEmpty();
        assertThat(registry.requests(FakeRegistry.blob(image, 0)).getFirst().header("Authorization"))
                .contains(BASIC);
    }

    @Test
    void challengesAreReadAsTheyCome() {
        assertThat(Challenge.parse(List.of(
                        "Bearer realm=\"https://a/b\" , service=\"a \\\"b\\\"\",scope=\"x,y\", Basic realm=plain",
                        "Negotiate")))
                .containsExactly(
                        new Challenge("bearer", Map.of("realm", "https://a/b", "service", "a \"b\"", "scope", "x,y")),
                        new Challenge("basic", Map.of("realm", "plain")),
                        new Challenge("negotiate", Map.of()));
        for (String malformed : List.of("", ",,,", "=", "\"", "Bearer realm=\"", "a=b=c", "x".repeat(1 << 20))) {
            assertThat(Challenge.parse(List.of(malformed))).hasSizeLessThan(3);
        }
    }

    @Test
    void credentialsAreNotInTheirText() {
        assertThat(List.of(USER, new Credentials.IdentityToken(PASSWORD), new Credentials.RegistryToken(PASSWORD)))
                .allSatisfy(one -> assertThat(one.toString()).doesNotContain(PASSWORD));
    }

    private String bearerChallenge() {
        return "Bearer realm=\"http://" + registry.domain() + "/token\",service=\"the service\",scope=\"ignored\"";
    }

    private void demandToken(String token) {
        demand(bearerChallenge(), "Bearer " + token);
    }

    /** Refuses whatever does not show this. */
    private void demand(String challenge, String wanted) {
        demand(challenge, wanted, "/v2/");
    }

    private void demand(String challenge, String wanted, String below) {
        registry.on(exchange -> exchange.getRequestURI().getPath().startsWith(below)
                && !wanted.equals(exchange.getRequestHeaders().getFirst("Authorization"))
                && refuse(exchange, challenge));
    }

    private static boolean refuse(com.sun.net.httpserver.HttpExchange exchange, String challenge) throws IOException {
        exchange.getResponseHeaders().set("WWW-Authenticate", challenge);
        return FakeRegistry.send(
                exchange, 401, "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"authentication required\"}]}");
    }

    private void pull(Credentials credentials) throws IOException {
        images.pull(new PullRequest(registry.domain() + "/x:1", false, Optional.empty(), credentials), event -> {});
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertThatPull(Credentials credentials, Kind kind) {
        return assertThatThrownBy(() -> pull(credentials))
                .isInstanceOfSatisfying(
                        ImageException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }
}
