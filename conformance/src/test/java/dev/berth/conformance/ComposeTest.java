package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application of several services, of Debian's packages, brought up by docker-compose. */
@Needs({Need.ROOT, Need.DOCKER_CLI, Need.DOCKER_COMPOSE, Need.MMDEBSTRAP})
@LeavesNothingBehind
class ComposeTest {
    private static final Pattern VISIT = Pattern.compile("visit (\\d+) kept (\\d+) by (\\w+)\n");
    private static final int KILLED = 137;

    @TempDir
    static Path dir;

    private static Path tree = Path.of("");

    private final HttpClient browser =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    /** What a visitor is answered. */
    private record Visit(int inCache, int inDatabase, String by) {}

    @BeforeAll
    static void makeTree() {
        tree = Shop.tree(dir);
    }

    /** Each daemon in a network namespace of its own, so that the peer's rules are none of the host's. */
    @Test
    @Needs(Need.DOCKERD)
    void whatAUserSeesOfItIsWhatDockerShows() throws Exception {
        Map<String, String> theirs;
        try (DockerdProcess dockerd = DockerdProcess.startApart(dir.resolve("dockerd"))) {
            theirs = new Shop(dockerd.host()).livedThrough(tree);
        }
        Map<String, String> ours;
        try (DaemonProcess daemon =
                DaemonProcess.startUnder(Apart.LAUNCHER, dir.resolve("berth"), "--live-restore=false")) {
            ours = new Shop(daemon.host()).livedThrough(tree);
        }
        // Their trees are full of links out of them, which JUnit would tell of one by one.
        Command.run(
                        Map.of(),
                        "rm",
                        "-rf",
                        dir.resolve("dockerd").toString(),
                        dir.resolve("berth").toString())
                .succeeded();
        Differences.read("shop-differences").areAllBetween(theirs, ours);
    }

    @Test
    void anApplicationOfSeveralServicesLivesAsComposeWantsItTo() throws Exception {
        Path home = dir.resolve("daemon");
        try (DaemonProcess daemon = DaemonProcess.start(home)) {
            new Shop(daemon.host()).importImage(tree);
            compose(daemon, "up", "-d").succeeded();
            isServedByBothInTurn(daemon);
            eachEndsAsItsPolicySays(daemon);
            growsAndIsFound(daemon);
        }
        dataOutlivesAll(home);
    }

    private void isServedByBothInTurn(DaemonProcess daemon) throws Exception {
        assertThat(compose(daemon, "ps").succeeded().out())
                .containsPattern("shop_db_1 .* Up \\(healthy\\)")
                .containsPattern("shop_cache_1 .* Up \\(healthy\\)")
                .containsPattern("shop_web_2 .* Up ")
                .containsPattern("shop_proxy_1 .* Up +127\\.0\\.0\\.1:\\d+->80/tcp");
        Visit first = visit(daemon);
        Visit next = visit(daemon);
        assertThat(List.of(next.inCache(), next.inDatabase()))
                .containsExactly(first.inCache() + 1, first.inDatabase() + 1);
        Set<String> servers = new HashSet<>(List.of(first.by(), next.by()));
        Command.eventually(
                "both services to be asked", () -> servers.add(visit(daemon).by()) || servers.size() == 2);
        assertThat(servers).hasSize(2);
        assertThat(compose(daemon, "logs", "--no-color", "web").succeeded().out())
                .contains("web_1    | web is up", "web_2    | web is up");
        assertThat(daemon.docker("network", "inspect", "shop_back", "-f", "{{.Internal}} {{len .Containers}}")
                        .succeeded()
                        .out())
                .isEqualTo("true 4\n");
    }

    /** {@code always}, {@code on-failure}, {@code unless-stopped} and none. */
    private void eachEndsAsItsPolicySays(DaemonProcess daemon) throws Exception {
        for (String service : List.of("db_1", "cache_1", "web_1")) {
            String container = "shop_" + service;
            kill(daemon, container);
            Command.eventually(
                    container + " to run again",
                    () -> inspect(daemon, container, "{{.State.Running}} {{.RestartCount}} {{.State.Restarting}}")
                            .equals("true 1 false"));
        }
        kill(daemon, "shop_proxy_1");
        Command.eventually(
                "the proxy to end",
                () -> inspect(daemon, "shop_proxy_1", "{{.State.Status}} {{.State.ExitCode}} {{.RestartCount}}")
                        .equals("exited " + KILLED + " 0"));
        compose(daemon, "up", "-d").succeeded();
        Command.eventually("the application to answer", () -> answers(daemon));
    }

    private void growsAndIsFound(DaemonProcess daemon) throws Exception {
        compose(daemon, "up", "-d", "--scale", "web=3").succeeded();
        List<String> found = new ArrayList<>();
        for (String name : List.of("database", "redis", "web", "shop.example")) {
            String addresses = compose(daemon, "exec", "-T", "web", "getent", "ahostsv4", name)
                    .succeeded()
                    .out();
            found.add(name + " "
                    + addresses.lines().filter(line -> line.contains("STREAM")).count());
        }
        assertThat(found).containsExactly("database 1", "redis 1", "web 3", "shop.example 1");
        compose(daemon, "exec", "-T", "proxy", "getent", "hosts", "database").exitedWith(2);
    }

    /** The daemon is killed, and then the database; what is left of the container is removed. */
    private void dataOutlivesAll(Path home) throws Exception {
        DaemonProcess last = DaemonProcess.start(home);
        int kept;
        try {
            compose(last, "up", "-d").succeeded();
            Command.eventually("the application to answer", () -> answers(last));
            kept = visit(last).inDatabase();
            String database = inspect(last, "shop_db_1", "{{.State.Pid}}");
            last.kill();
            Command.run(Map.of(), "kill", "-9", database).succeeded();
        } finally {
            last.kill();
        }
        try (DaemonProcess next = DaemonProcess.start(home)) {
            next.docker("rm", "-f", "shop_db_1").succeeded();
            compose(next, "up", "-d").succeeded();
            Command.eventually("the application to answer", () -> answers(next));
            assertThat(visit(next).inDatabase()).isGreaterThan(kept);
            compose(next, "down", "-v").succeeded();
            assertThat(next.docker("ps", "-aq").succeeded().out()).isEmpty();
            assertThat(next.docker("volume", "ls", "-q").succeeded().out()).isEmpty();
            assertThat(next.docker("network", "ls", "--filter", "type=custom", "-q")
                            .succeeded()
                            .out())
                    .isEmpty();
        }
    }

    private Visit visit(DaemonProcess daemon) {
        String answer = ask(daemon);
        Matcher matcher = VISIT.matcher(answer);
        assertThat(matcher.matches()).as(answer).isTrue();
        return new Visit(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)), matcher.group(3));
    }

    private boolean answers(DaemonProcess daemon) {
        return VISIT.matcher(ask(daemon)).matches();
    }

    private String ask(DaemonProcess daemon) {
        String address =
                compose(daemon, "port", "proxy", "80").succeeded().out().strip();
        try {
            return browser.send(
                            HttpRequest.newBuilder(URI.create("http://" + address + "/"))
                                    .timeout(Duration.ofSeconds(15))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return "no answer: " + e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static void kill(DaemonProcess daemon, String container) {
        Command.run(Map.of(), "kill", "-9", inspect(daemon, container, "{{.State.Pid}}"))
                .succeeded();
    }

    private static String inspect(DaemonProcess daemon, String container, String format) {
        return daemon.docker("inspect", "-f", format, container)
                .succeeded()
                .out()
                .strip();
    }

    private static Command compose(DaemonProcess daemon, String... args) {
        return new Shop(daemon.host()).compose(args);
    }
}
