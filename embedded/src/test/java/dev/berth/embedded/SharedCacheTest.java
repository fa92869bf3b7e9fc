package dev.berth.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two engines of one JVM over one cache: what one has pulled, made or built the other has, too. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SharedCacheTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private BerthOptions options;
    private Berth first;
    private Berth second;

    @BeforeEach
    void start() throws IOException {
        options = BerthOptions.DEFAULT.withCache(directory.resolve("cache"));
        first = Berth.start(options);
        Box.make(first, directory);
        second = Berth.start(options);
    }

    @AfterEach
    void end() {
        first.close();
        second.close();
    }

    private List<Path> layers() throws IOException {
        try (Stream<Path> trees = Files.list(options.cache().resolve("layers"))) {
            return trees.toList();
        }
    }

    private BuildSpec noise(String before) throws IOException {
        Path context = Files.createDirectories(directory.resolve("context"));
        Files.writeString(
                context.resolve("Dockerfile"),
                "FROM " + Box.IMAGE + "\nRUN " + before + "head -c 16 /dev/urandom >/noise\nWORKDIR /made\n");
        return BuildSpec.of(context).name("noise");
    }

    @Test
    void aContainerRunsOnAnImageThatTheOtherHasMadeAndRemovesMeanwhile() throws IOException, InterruptedException {
        try (Container container = second.run(Box.shell("echo up; sleep 1000"))) {
            container.awaitLine("up", SOON);
            assertThat(layers()).hasSize(1);
            first.images().remove(Box.IMAGE);
            assertThat(first.images().list()).isEmpty();
            assertThat(container.exec("/bin/busybox", "true").exitCode()).isZero();
            assertThat(layers()).hasSize(1);
        }
        second.images().remove(Box.IMAGE);
        awaitNoLayers();
    }

    /** An engine that is just looking for what was left unfinished, a second after its start, removes them when it is done. */
    private void awaitNoLayers() throws IOException, InterruptedException {
        long until = System.nanoTime() + SOON.toNanos();
        while (!layers().isEmpty() && System.nanoTime() < until) {
            Thread.sleep(10);
        }
        assertThat(layers()).isEmpty();
    }

    @Test
    void whatOneHasBuiltTheOtherDoesNotBuildAgain() throws IOException {
        List<String> output = new CopyOnWriteArrayList<>();
        ImageInfo built = first.images().build(noise(""));
        ImageInfo again = second.images().build(noise("").output(output::add));
        assertThat(again.id()).isEqualTo(built.id());
        assertThat(String.join("", output)).contains("Using cache");
        try (Container container = second.run(ContainerSpec.of("noise").command("cat", "/noise"))) {
            assertThat(container.awaitExit(SOON)).isZero();
        }
        assertThat(layers()).hasSize(3);
    }

    @Test
    void whatBothBuildAtOnceIsBuiltOnce() throws Exception {
        BuildSpec noise = noise("sleep 1; ");
        List<CompletableFuture<ImageInfo>> builds = new ArrayList<>();
        for (Berth berth : List.of(first, second)) {
            CompletableFuture<ImageInfo> build = new CompletableFuture<>();
            builds.add(build);
            Thread.ofVirtual().start(() -> {
                try {
                    build.complete(berth.images().build(noise));
                } catch (RuntimeException e) {
                    build.completeExceptionally(e);
                }
            });
        }
        assertThat(builds.getFirst().get().id())
                .as("of noise")
                .isEqualTo(builds.getLast().get().id());
        assertThat(options.cache().resolve("locks")).isEmptyDirectory();
    }

    @Test
    void aFolderForOneEngineAloneSharesNothing() {
        try (Berth alone = Berth.start(options.withDirectory(directory.resolve("alone")))) {
            assertThat(alone.images().find(Box.IMAGE)).isEmpty();
        }
        assertThat(directory.resolve("layers")).doesNotExist();
    }
}
