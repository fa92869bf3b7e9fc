package dev.berth.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import dev.berth.testing.RegistryProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An engine in this JVM, with what its users do. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BerthTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private Path directory;
    private BerthOptions options;
    private Berth berth;

    @BeforeAll
    void start(@TempDir Path dir) throws IOException {
        directory = dir;
        options = BerthOptions.DEFAULT.withCache(dir.resolve("cache"));
        berth = Berth.start(options);
        Box.make(berth, dir);
    }

    @AfterAll
    void stop() {
        berth.close();
    }

    @Test
    void aContainerRunsAndTellsWhatItPrintedAndHowItEnded() {
        try (Container container =
                berth.run(Box.shell("echo out $GREETING; echo err >&2; exit 3").env("GREETING", "hello"))) {
            assertThat(container.awaitExit(SOON)).isEqualTo(3);
            assertThat(container.lines())
                    .containsExactlyInAnyOrder(
                            new LogLine(LogLine.Source.OUTPUT, "out hello"), new LogLine(LogLine.Source.ERRORS, "err"));
            assertThat(container.state().exitCode()).hasValue(3);
        }
        assertThat(berth.containers().list()).isEmpty();
    }

    @Test
    void furtherProcessesTellTheirOutputTheirErrorsAndTheirCode() {
        try (Container container = berth.run(Box.shell("sleep 1000"))) {
            ExecResult result = container.exec("sh", "-c", "echo out; echo err >&2; exit 7");
            assertThat(result).isEqualTo(new ExecResult(7, "out\n", "err\n"));
            assertThat(container
                            .exec(ExecSpec.of("sh", "-c", "echo $X; id -u; echo $PWD")
                                    .env("X", "y")
                                    .user("nobody")
                                    .workingDirectory("/tmp"))
                            .output())
                    .isEqualTo("y\n65534\n/tmp\n");
            assertThatThrownBy(() -> container.exec("no-such-program"))
                    .isInstanceOf(BerthException.class)
                    .hasMessageContaining("no-such-program");
        }
    }

    @Test
    void aFurtherProcessThatTakesTooLongIsKilled() {
        try (Container container = berth.run(Box.shell("sleep 1000"))) {
            ExecSpec slow = ExecSpec.of("sleep", "999").timeout(Duration.ofMillis(200));
            BerthException failure = catchThrowableOfType(BerthException.class, () -> container.exec(slow));
            assertThat(failure.kind()).isEqualTo(BerthException.Kind.TIMEOUT);
            assertThat(failure).hasMessageContaining("did not end within 200 ms");
            assertThat(container
                            .exec("sh", "-c", "ps | grep -v grep | grep 'sleep 999' || echo none")
                            .output())
                    .isEqualTo("none\n");
        }
    }

    @Test
    void logLinesAreToldAsTheyArePrintedUntilTheContainerEnds() {
        List<String> heard = new CopyOnWriteArrayList<>();
        try (Container container = berth.run(Box.shell("echo one; cat /tmp/go 2>/dev/null;"
                        + " until test -e /tmp/go; do sleep 0.01; done; echo two"));
                LogFollower follower = container.follow(line -> heard.add(line.text()))) {
            container.awaitLine("^one$", SOON);
            container.write("/tmp/go", "");
            assertThat(follower.await(SOON)).isTrue();
            assertThat(heard).containsExactly("one", "two");
        }
    }

    @Test
    void aConsumerThatBlocksHoldsUpNeitherTheContainerNorItsEnd() {
        CountDownLatch never = new CountDownLatch(1);
        try (Container container = berth.run(Box.shell("seq 1 10000"));
                LogFollower follower = container.follow(_ -> {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                })) {
            assertThat(container.awaitExit(SOON)).isZero();
            assertThat(follower.await(Duration.ofMillis(10))).isFalse();
        } finally {
            never.countDown();
        }
    }

    @Test
    void anEngineIsClosedWhileAConsumerBlocks() {
        CountDownLatch never = new CountDownLatch(1);
        try {
            try (Berth other = Berth.start(options.withDirectory(directory.resolve("blocked")))) {
                Box.make(other, Files.createDirectories(directory.resolve("for-blocked")));
                Container container = other.run(Box.shell("echo up; sleep 1000"));
                container.follow(_ -> {
                    boolean blocked = true;
                    while (blocked) {
                        try {
                            never.await();
                            blocked = false;
                        } catch (InterruptedException e) {
                            // it blocks, whatever is done about it
                        }
                    }
                });
                container.awaitLine("up", SOON);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        } finally {
            never.countDown();
        }
    }

    @Test
    void aContainerThatIgnoresTheRequestToEndIsEndedInTime() {
        try (Container container = berth.run(Box.shell("trap '' TERM; echo deaf; while true; do sleep 0.1; done")
                .stopTimeout(Duration.ofSeconds(1)))) {
            container.awaitLine("deaf", SOON);
            container.stop();
            assertThat(container.state().status()).isEqualTo(ContainerState.Status.EXITED);
            assertThat(container.state().exitCode()).hasValue(137);
            assertThat(container.lastLines(1)).containsExactly("deaf");
        }
    }

    @Test
    void aWaitThatDoesNotComeTrueTellsTheStateAndTheLastLines() {
        try (Container container = berth.run(Box.shell("seq 1 100; echo last words; sleep 1000"))) {
            container.awaitLine("last words", SOON);
            WaitException failure =
                    catchThrowableOfType(WaitException.class, () -> container.awaitPort(80, Duration.ofMillis(100)));
            assertThat(failure)
                    .hasMessageContaining("port 80")
                    .hasMessageContaining("within 100 ms (running)")
                    .hasMessageEndingWith("last words");
            assertThat(failure.lastLines()).hasSize(50).endsWith("100", "last words");
            assertThat(failure.state().status()).isEqualTo(ContainerState.Status.RUNNING);
        }
    }

    @Test
    void aWaitEndsWithTheContainer() {
        try (Container container = berth.run(Box.shell("echo no luck; exit 9"))) {
            assertThatThrownBy(() -> container.awaitPort(80, Duration.ofDays(1)))
                    .isInstanceOf(WaitException.class)
                    .hasMessageContaining("exited with exit code 9")
                    .hasMessageEndingWith("no luck");
            assertThatThrownBy(() -> container.awaitLine("luck", 2, Duration.ofDays(1)))
                    .isInstanceOf(WaitException.class)
                    .hasMessageContaining("2 times");
        }
    }

    @Test
    void anInterruptEndsAWait() throws InterruptedException {
        try (Container container = berth.run(Box.shell("sleep 1000"))) {
            List<Throwable> thrown = new CopyOnWriteArrayList<>();
            Thread waiting = Thread.ofVirtual().start(() -> {
                try {
                    container.awaitPort(80, Duration.ofDays(1));
                } catch (BerthException e) {
                    thrown.add(e);
                }
            });
            waiting.interrupt();
            waiting.join();
            assertThat(thrown)
                    .singleElement()
                    .extracting(e -> ((BerthException) e).kind())
                    .isEqualTo(BerthException.Kind.INTERRUPTED);
        }
    }

    @Test
    void healthIsWaitedForWhereThereIsACheck() {
        ContainerSpec spec = Box.shell("until test -e /tmp/go; do sleep 0.01; done; touch /tmp/healthy; sleep 1000")
                .health(HealthCheck.of("test", "-e", "/tmp/healthy").every(Duration.ofMillis(50)));
        try (Container container = berth.run(spec)) {
            assertThat(container.state().health()).isPresent();
            container.write("/tmp/go", "");
            container.awaitHealthy(SOON);
            assertThat(container.state().health()).contains(ContainerState.Health.HEALTHY);
        }
        try (Container container = berth.run(Box.shell("sleep 1000"))) {
            assertThatThrownBy(() -> container.awaitHealthy(SOON)).hasMessageContaining("has no health check");
        }
    }

    @Test
    void containersOfANetworkFindEachOtherAndAPublishedPortIsReachedFromHere() {
        String serve = "mkdir /www; printf hi > /www/index.html; exec busybox httpd -f -p 80 -h /www";
        try (Network network = berth.networks().create();
                Container web = berth.run(
                        Box.shell(serve).network(network, "web", "shop").port(80));
                Container other = berth.run(Box.shell("sleep 1000").network(network))) {
            web.awaitPort(80, SOON);
            web.awaitHttp(80, "/", SOON);
            assertThat(web.hostPort(80)).isPositive();
            assertThat(other.exec("wget", "-qO-", "http://shop/").output()).isEqualTo("hi");
            assertThat(other.exec("ping", "-c1", web.address()).exitCode()).isZero();
            assertThatThrownBy(() -> other.hostPort(80)).hasMessageContaining("ContainerSpec.port(80)");
        }
        assertThat(berth.networks().list()).isEmpty();
    }

    @Test
    void filesGoInAndComeOut(@TempDir Path dir) throws IOException {
        Path folder = Files.createDirectories(dir.resolve("folder/sub"));
        Files.writeString(folder.resolve("deep"), "deep");
        Files.writeString(dir.resolve("folder/flat"), "flat");
        try (Container container =
                berth.containers().create(Box.shell("cat /new/place/sub/deep /a/b/file; echo new > /tmp/made"))) {
            container.copyIn(dir.resolve("folder"), "/new/place");
            container.copyIn(dir.resolve("folder/flat"), "/a/b/file");
            container.start();
            assertThat(container.awaitExit(SOON)).isZero();
            assertThat(container.logs()).isEqualTo("deepflat\n");
            assertThat(container.read("/tmp/made")).isEqualTo("new\n");
            container.copyOut("/tmp/made", dir.resolve("made"));
            container.copyOut("/new", dir.resolve("out"));
            assertThat(dir.resolve("made")).hasContent("new");
            assertThat(dir.resolve("out/place/sub/deep")).hasContent("deep");
            assertThatThrownBy(() -> container.read("/no/such"))
                    .isInstanceOf(BerthException.class)
                    .hasMessageContaining("/no/such");
        }
    }

    @Test
    void volumesAndFoldersOfTheHostAreShared(@TempDir Path dir) throws IOException {
        Files.writeString(dir.resolve("given"), "given\n");
        try (Volume volume = berth.volumes().create()) {
            try (Container writer = berth.run(Box.shell("cat /host/given > /shared/file")
                    .bindReadOnly(dir, "/host")
                    .volume(volume, "/shared"))) {
                assertThat(writer.awaitExit(SOON)).isZero();
            }
            try (Container reader =
                    berth.run(Box.shell("cat /shared/file; df /memory >/dev/null; grep /memory /proc/mounts")
                            .volume(volume, "/shared")
                            .tmpfs("/memory"))) {
                assertThat(reader.awaitExit(SOON)).isZero();
                assertThat(reader.logs()).startsWith("given\n").contains("tmpfs /memory");
                assertThatThrownBy(volume::close)
                        .extracting(e -> ((BerthException) e).kind())
                        .isEqualTo(BerthException.Kind.CONFLICT);
            }
            assertThat(volume.files().resolve("file")).hasContent("given");
        }
        assertThat(berth.volumes().list()).isEmpty();
    }

    @Test
    void aDockerfilesFolderBecomesAnImage(@TempDir Path dir) throws IOException {
        Files.writeString(dir.resolve("Dockerfile"), """
                FROM box
                ARG WORD
                COPY . /app
                RUN echo $WORD > /app/word
                CMD ["sh", "-c", "ls /app; cat /app/word"]
                """);
        Files.writeString(dir.resolve(".dockerignore"), "secret\nDockerfile\n.dockerignore\n");
        Files.writeString(dir.resolve("secret"), "");
        Files.writeString(dir.resolve("kept"), "");
        StringBuilder output = new StringBuilder();
        ImageInfo image = berth.images()
                .build(BuildSpec.of(dir).name("built:1").argument("WORD", "hey").output(output::append));
        assertThat(image.names()).containsExactly("built:1");
        assertThat(output).contains("Step 1/5 : FROM box");
        try (Container container = berth.run(ContainerSpec.of("built:1"))) {
            assertThat(container.awaitExit(SOON)).isZero();
            assertThat(container.logs()).isEqualTo("kept\nword\nhey\n");
        }
        Files.writeString(dir.resolve("Dockerfile"), "FROM box\nRUN exit 5\n");
        assertThatThrownBy(() -> berth.images().build(BuildSpec.of(dir)))
                .isInstanceOf(BerthException.class)
                .hasMessageContaining("returned a non-zero code: 5");
    }

    @Test
    void aJavaApplicationBecomesAnImageWithoutADockerfile(@TempDir Path dir) throws IOException {
        String main = EndingJvm.class.getName();
        Path classFile = dir.resolve(main.replace('.', '/') + ".class");
        Files.createDirectories(dir.resolve(main.replace('.', '/')).getParent());
        try (InputStream in = Objects.requireNonNull(EndingJvm.class.getResourceAsStream("EndingJvm.class"))) {
            Files.copy(in, classFile);
        }
        JarSpec spec = JarSpec.of(dir)
                .mainClass(main)
                .base(Box.IMAGE)
                .name("application")
                .env("GREETING", "hello");
        List<String> told = new CopyOnWriteArrayList<>();
        assertThat(berth.images().build(spec.output(told::add)).names()).containsExactly("application:latest");
        assertThat(told).anyMatch(line -> line.startsWith("Application " + main));
        try (Container container = berth.run(ContainerSpec.of("application")
                .entrypoint("sh", "-c", "find / -name EndingJvm.class; echo $GREETING"))) {
            assertThat(container.awaitExit(SOON)).isZero();
            assertThat(container.logs()).endsWith("/dev/berth/embedded/EndingJvm.class\nhello\n");
        }
        assertThatThrownBy(() -> berth.images().build(spec.modules("java.sql")))
                .hasMessageContaining("the base box brings its own");
        berth.images().remove("application");
    }

    @Test
    @Needs(Need.DOCKER_REGISTRY)
    void anImageIsPushedAndPulledAgain(@TempDir Path dir) throws Exception {
        RegistryProcess registry = RegistryProcess.start(dir);
        try {
            String name = registry.domain() + "/box:1";
            ImageInfo image = berth.images().tag(Box.IMAGE, name);
            List<Progress> told = new CopyOnWriteArrayList<>();
            berth.images().push(name, told::add);
            assertThat(told).isNotEmpty();
            berth.images().remove(name);
            assertThat(berth.images().pull(name).id()).isEqualTo(image.id());
            berth.images().remove(name);
            assertThatThrownBy(() -> berth.images().push(registry.domain() + "/none"))
                    .extracting(e -> ((BerthException) e).kind())
                    .isEqualTo(BerthException.Kind.NOT_FOUND);
        } finally {
            registry.close();
        }
    }

    @Test
    void imagesAreSavedLoadedTaggedAndRemoved(@TempDir Path dir) {
        berth.images().tag(Box.IMAGE, "second:name");
        berth.images().save(dir.resolve("saved.tar"), "second:name");
        berth.images().remove("second:name");
        assertThat(berth.images().find("second:name")).isEmpty();
        assertThat(berth.images().load(dir.resolve("saved.tar"))).hasSize(1);
        assertThat(berth.images().find("second:name")).isPresent();
        berth.images().remove("second:name");
        assertThat(berth.images().list()).extracting(ImageInfo::names).contains(List.of("box:latest"));
    }

    @Test
    void aPartOfASpecificationThatCannotBeHonouredIsNamedAndNothingIsMade() {
        assertThatThrownBy(() -> berth.run(Box.shell("true").network("no-such-network")))
                .isInstanceOf(BerthException.class)
                .hasMessageContaining("no-such-network");
        assertThatThrownBy(() -> berth.run(ContainerSpec.of("missing").pull(ContainerSpec.Pull.NEVER)))
                .extracting(e -> ((BerthException) e).kind())
                .isEqualTo(BerthException.Kind.NOT_FOUND);
        assertThat(berth.containers().list()).isEmpty();
    }

    @Test
    void twoEnginesOfOneJvmAreAtWorkAtOnceAndTheNextOneFindsTheImages() throws IOException {
        Path second;
        try (Berth other = Berth.start(options)) {
            second = other.directory();
            assertThat(second).isNotEqualTo(berth.directory());
            Box.make(other, Files.createDirectories(directory.resolve("second")));
            try (Container here = berth.run(Box.shell("sleep 1000").name("same"));
                    Container there = other.run(Box.shell("sleep 1000").name("same"))) {
                assertThat(here.exec("true").exitCode()).isZero();
                assertThat(there.exec("true").exitCode()).isZero();
                assertThat(other.containers().list()).hasSize(1);
            }
        }
        try (Berth next = Berth.start(options)) {
            assertThat(next.directory()).isEqualTo(second);
            try (Container container = next.run(Box.shell("true"))) {
                assertThat(container.awaitExit(SOON)).isZero();
            }
        }
    }

    @Test
    void aFolderOfItsOwnIsRefusedToASecondEngine() {
        BerthOptions own = options.withDirectory(berth.directory());
        assertThatThrownBy(() -> Berth.start(own))
                .hasMessageContaining("is in use by another engine")
                .extracting(e -> ((BerthException) e).kind())
                .isEqualTo(BerthException.Kind.CONFLICT);
    }

    @Test
    void closingEndsAtOnceWhatRunsAndIgnoresSignals() throws IOException {
        Berth other = Berth.start(options.withDirectory(directory.resolve("own")));
        Box.make(other, Files.createDirectories(directory.resolve("for-own")));
        Container container = other.run(
                Box.shell("trap '' TERM; while true; do sleep 1; done").restartAlways());
        ProcessHandle process = ProcessHandle.of(container.pid()).orElseThrow();
        other.networks().create();
        other.volumes().create("kept");
        other.close();
        assertThat(process.isAlive()).isFalse();
        other.close();
        container.close();
        assertThatThrownBy(() -> other.containers().list())
                .extracting(e -> ((BerthException) e).kind())
                .isEqualTo(BerthException.Kind.CLOSED);
        try (Berth next = Berth.start(options.withDirectory(directory.resolve("own")))) {
            assertThat(next.containers().list()).isEmpty();
            assertThat(next.volumes().list()).isEmpty();
            assertThat(next.images().find(Box.IMAGE)).isPresent();
        }
    }

    @Test
    void dockersApiIsOnASocketWhereItIsAskedFor() throws IOException {
        Path socket = berth.socket();
        assertThat(berth.socket()).isEqualTo(socket);
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.write(ByteBuffer.wrap(
                    "GET /_ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer answer = ByteBuffer.allocate(4096);
            while (channel.read(answer) >= 0 && answer.hasRemaining()) {
                // until the server has closed
            }
            assertThat(new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 200 OK")
                    .endsWith("OK");
        }
    }
}
