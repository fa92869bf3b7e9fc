package dev.berth.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.berth.build.dockerfile.DockerfileException;
import dev.berth.image.Image;
import dev.berth.image.tar.TarEntry;
import dev.berth.image.tar.TarWriter;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Dockerfiles and contexts that mean ill: refused, and nothing is left of them. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileBuildTest extends InWorkshop {

    /** The Dockerfile does not show it: a trigger is executed where the base is known. */
    @Test
    void aTriggerThatTakesFilesOfWhatIsMadeOfItIsRefused() throws Exception {
        Image base =
                shop.order("FROM box\nONBUILD COPY --from=b /x /x\n").build().image();
        shop.engine().images().tag(base.id().toString(), "base");
        String circle = "FROM base AS a\nFROM a AS b\nRUN touch /x\n";
        assertThatExceptionOfType(DockerfileException.class)
                .isThrownBy(() -> shop.order(circle).build())
                .withMessageStartingWith("circular dependency detected on stage: ")
                .satisfies(e -> assertThat(e.excerpt()).contains(">>> FROM "));
        assertThatExceptionOfType(DockerfileException.class)
                .isThrownBy(() -> shop.order("FROM base AS b\n").build())
                .withMessage("circular dependency detected on stage: b");
        assertThatExceptionOfType(DockerfileException.class)
                .isThrownBy(() -> shop.order("FROM box AS a\nONBUILD COPY --from=b /x /x\nFROM a AS b\n")
                        .build())
                .withMessage("circular dependency detected on stage: b");
    }

    /** The first one would hold the directory while it waits for the second, which waits for the directory. */
    @Test
    void aDirectoryIsNotHeldWhileAStageIsWaitedFor() throws Exception {
        String shared = "--mount=type=cache,id=y,target=/y,sharing=locked";
        Workshop.Built built = shop.order("FROM box AS b\nRUN " + shared + " sleep 0.3; mkdir /d; echo made >/d/f\n"
                        + "FROM box\nRUN " + shared
                        + " --mount=type=cache,id=x,target=/x,from=b,source=/d,sharing=locked cat /x/f\n")
                .build();
        assertThat(built.output()).contains("\nmade\n");
    }

    /** More stages than processors say more than is kept of them, before the first one can go on. */
    @Test
    void stagesThatSayALotDoNotHoldUpTheFirstOne() throws Exception {
        int others = Math.max(2, Runtime.getRuntime().availableProcessors()) + 1;
        StringBuilder file = new StringBuilder("FROM box AS first\nRUN sleep 0.5\nRUN sleep 0.2; touch /end\n");
        for (int i = 0; i < others; i++) {
            file.append(
                    "FROM box AS s%d\nRUN yes %d | head -c 3000000; echo last of %d; touch /end\n".formatted(i, i, i));
        }
        file.append("FROM box\nCOPY --from=first /end /\n");
        for (int i = 0; i < others; i++) {
            file.append("COPY --from=s%d /end /\n".formatted(i));
        }
        String output = shop.order(file.toString()).build().output();
        assertThat(output).contains("characters of this stage are left out]\n");
        for (int i = 0; i < others; i++) {
            assertThat(output).contains("\nlast of " + i + "\n");
        }
    }

    @Test
    void aStageThatFailsWhileAnotherOneSpeaksSaysWhy() {
        Workshop.Order order = shop.order(
                "FROM box AS slow\nRUN sleep 2\nFROM box\nRUN echo the reason; exit 3\n" + "COPY --from=slow /x /x\n");
        assertThatExceptionOfType(BuildException.class)
                .isThrownBy(order::build)
                .withMessageContaining("returned a non-zero code: 3");
        assertThat(order.output()).contains("\nthe reason\n");
    }

    @Test
    void moreLayersThanAnImageMayHaveAreRefused() {
        String many = "FROM box\n" + "RUN :>/f$RANDOM\n".repeat(130);
        assertThatExceptionOfType(BuildException.class)
                .isThrownBy(() -> shop.order(many).build())
                .withMessageContaining("too many layers: an image has 127 at most");
    }

    @Test
    void thousandsOfStagesAreOneAfterTheOther() throws Exception {
        StringBuilder file = new StringBuilder("FROM box AS s0\n");
        for (int i = 1; i < 2000; i++) {
            file.append("FROM s")
                    .append(i - 1)
                    .append(" AS s")
                    .append(i)
                    .append("\nLABEL n=")
                    .append(i)
                    .append('\n');
        }
        assertThat(shop.order(file.toString()).build().image().config().config().labels())
                .isEqualTo(Map.of("n", "1999"));
    }

    @Test
    void contextsThatNoFileSystemHasAreRefused() throws Exception {
        TarEntry directory = TarEntry.empty("d", TarEntry.Type.DIRECTORY, "", 0755, 0, 0, Instant.EPOCH);
        TarEntry file = TarEntry.file("f", 0644, 0, 0, Instant.EPOCH, 0, Map.of());
        refused("hard link to a directory", directory, link(TarEntry.Type.HARD_LINK, "d/loop", "d"));
        refused("hard link to a directory", link(TarEntry.Type.HARD_LINK, "root", "."));
        refused("hard link to what is not in it", link(TarEntry.Type.HARD_LINK, "passwd", "/etc/passwd"));
        refused("leads out of it", link(TarEntry.Type.HARD_LINK, "passwd", "../../etc/passwd"));
        refused("leads out of it", TarEntry.file("a/../../b", 0644, 0, 0, Instant.EPOCH, 0, Map.of()));
        refused("below what is no directory", file, TarEntry.file("f/g", 0644, 0, 0, Instant.EPOCH, 0, Map.of()));
    }

    private void refused(String reason, TarEntry... entries) {
        assertThatExceptionOfType(BuildException.class)
                .isThrownBy(() -> shop.order("").build("", tar("FROM box\nCOPY . /c\n", entries)))
                .withMessageContaining(reason);
    }

    /** Links lead where they lead in the context, whose root is nobody else's; devices are no doors before they are in an image. */
    @Test
    void noLinkOfAContextLeadsOutOfIt() throws Exception {
        byte[] context = tar(
                "FROM box\nCOPY up absolute through/shadow /got/\nRUN cat /got/* && ls /got\n",
                link(TarEntry.Type.SYMLINK, "up", "../../../../../../etc/shadow"),
                link(TarEntry.Type.SYMLINK, "absolute", "/etc/shadow"),
                link(TarEntry.Type.SYMLINK, "through", "/etc"),
                TarEntry.empty("etc", TarEntry.Type.DIRECTORY, "", 0755, 0, 0, Instant.EPOCH),
                TarEntry.file("etc/shadow", 0644, 0, 0, Instant.EPOCH, 0, Map.of()));
        Workshop.Built built = shop.order("").build("", context);
        assertThat(built.output()).contains("\nabsolute\nshadow\nup\n").doesNotContain("root:");
        for (String source : List.of("loop", "loop/x", "gone", "etc/../../etc/passwd")) {
            assertThatExceptionOfType(BuildException.class)
                    .isThrownBy(() -> shop.order("")
                            .build(
                                    "",
                                    tar(
                                            "FROM box\nCOPY " + source + " /c\n",
                                            link(TarEntry.Type.SYMLINK, "loop", "loop"),
                                            link(TarEntry.Type.SYMLINK, "gone", "/proc/1/environ"))))
                    .as(source)
                    .withMessageMatching("too many symbolic links.*|.*file does not exist");
        }
        assertThatExceptionOfType(BuildException.class)
                .as("a Dockerfile that is a link out of the context")
                .isThrownBy(() -> {
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    try (TarWriter tar = new TarWriter(bytes)) {
                        tar.begin(link(TarEntry.Type.SYMLINK, "Dockerfile", "/etc/hostname"));
                    }
                    shop.order("").build("", bytes.toByteArray());
                })
                .withMessage("Cannot locate specified Dockerfile: Dockerfile");
    }

    @Test
    void aBuildMayBeCancelledAtAnyInstant() throws Exception {
        String dockerfile = "FROM box AS one\nCOPY f /f\nRUN sleep 0.02; touch /a\nFROM box AS two\n"
                + "RUN --mount=type=bind,target=/c,rw cp /c/f /b; sleep 0.02\nFROM one\nCOPY --from=two /b /b\n"
                + "WORKDIR /w\nRUN head -c 1000000 /dev/urandom >/noise\n";
        Random random = new Random(20_261_126);
        int cancelled = 0;
        for (int i = 0; i < 25; i++) {
            Workshop.Order order = shop.order(dockerfile).file("f", "content " + i);
            CompletableFuture<Boolean> ended = new CompletableFuture<>();
            Thread build = Thread.ofVirtual().start(() -> {
                try {
                    order.build();
                    ended.complete(true);
                } catch (InterruptedException e) {
                    ended.complete(false);
                } catch (IOException | RuntimeException e) {
                    // an interrupt in the middle of a file's or a container's change
                    ended.complete(false);
                }
            });
            Thread.sleep(random.nextInt(250));
            build.interrupt();
            cancelled += ended.get() ? 0 : 1;
        }
        assertThat(cancelled).isPositive();
        assertThat(shop.order(dockerfile).file("f", "last").build().image()).isNotNull();
    }

    /** Packing this takes seconds: sparse files are large for whoever reads them. */
    @Test
    void aBuildMayBeCancelledWhileALayerIsPacked() throws Exception {
        Workshop.Order order = shop.order("FROM box\nRUN busybox truncate -s 8G /sparse\n");
        byte[] context = order.context();
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                order.build("packing", context);
                ended.completeExceptionally(new AssertionError("it was packed"));
            } catch (IOException | InterruptedException | RuntimeException e) {
                ended.complete(e);
            }
        });
        Path incoming = shop.directory().resolve("data/content/ingest");
        while (!ended.isDone() && largest(incoming) < 1 << 20) {
            Thread.sleep(5);
        }
        shop.builder().cancel("packing");
        assertThat(ended.get()).isInstanceOf(InterruptedException.class);
        assertThat(incoming).isEmptyDirectory();
    }

    private static long largest(Path directory) throws IOException {
        long largest = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                largest = Math.max(largest, file.toFile().length());
            }
        }
        return largest;
    }

    /** While the step has it, and also if this process died now. */
    @Test
    void aSecretIsOnNoDisk() throws Exception {
        String secret = "opensesame-" + UUID.randomUUID();
        Workshop.Order order = shop.order("FROM box\n"
                        + "RUN --mount=type=secret,id=key,target=/run/key --mount=type=secret,id=key,env=KEY "
                        + "--mount=type=cache,id=gate,target=/gate "
                        + "[ \"$(cat /run/key)\" = \"$KEY\" ] && stat -c '%a %u' /run/key && echo begun; "
                        + "while [ ! -e /gate/open ]; do sleep 0.02; done; touch /done\n")
                .secret("key", secret);
        CompletableFuture<Workshop.Built> built = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                built.complete(order.build());
            } catch (IOException | InterruptedException | RuntimeException e) {
                built.completeExceptionally(e);
            }
        });
        while (!order.output().contains("begun\n")) {
            assertThat(built.isCompletedExceptionally()).isFalse();
            Thread.sleep(10);
        }
        assertThat(order.output()).contains("400 0\nbegun\n");
        assertThat(filesWith(secret))
                .as("files that have the secret, while it is used")
                .isEmpty();
        shop.order("FROM box\nRUN --mount=type=cache,id=gate,target=/gate touch /gate/open\n")
                .build();
        built.get();
        assertThat(filesWith(secret)).as("files that have the secret").isEmpty();
        try (Stream<Path> left = Files.list(shop.engine().memory().path())) {
            assertThat(left).as("secrets in memory").isEmpty();
        }
    }

    /** Of the engine's; some may go while they are looked for. */
    private List<String> filesWith(String text) throws IOException {
        Process grep = new ProcessBuilder(
                        "grep", "-rlaF", "-D", "skip", text, dir.resolve("shop").toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return grep.inputReader().readAllLines();
    }

    private static TarEntry link(TarEntry.Type type, String name, String target) {
        return TarEntry.empty(name, type, target, 0777, 0, 0, Instant.EPOCH);
    }

    private static byte[] tar(String dockerfile, TarEntry... entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarWriter tar = new TarWriter(bytes)) {
            byte[] content = dockerfile.getBytes(StandardCharsets.UTF_8);
            tar.begin(TarEntry.file("Dockerfile", 0644, 0, 0, Instant.EPOCH, content.length, Map.of()));
            tar.write(content, 0, content.length);
            for (TarEntry entry : entries) {
                tar.begin(entry);
            }
        }
        return bytes.toByteArray();
    }
}
