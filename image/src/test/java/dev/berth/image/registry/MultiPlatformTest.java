package dev.berth.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.image.Image;
import dev.berth.image.ImageOptions;
import dev.berth.image.Images;
import dev.berth.image.ManifestSummary;
import dev.berth.image.Removed;
import dev.berth.image.oci.ImageIndex;
import dev.berth.image.oci.Platform;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import dev.berth.testing.RegistryProcess;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names that stand for the images of several platforms: pulled, saved, loaded, pushed, removed. */
@Needs(Need.ROOT)
@LeavesNothingBehind
final class MultiPlatformTest {
    private static final Platform OWN = Platform.host();
    private static final Platform FOREIGN =
            new Platform("linux", OWN.architecture().equals("arm64") ? "amd64" : "arm64", "");
    private static final Platform THIRD = new Platform("linux", "s390x", "");

    @TempDir
    Path dir;

    private FakeRegistry registry;
    private Images images;
    private ImageIndex index;

    @BeforeEach
    void start() throws IOException {
        registry = FakeRegistry.start();
        images = Images.open(dir.resolve("data"), ImageOptions.DEFAULT);
        Map<Platform, TestImage> all = new LinkedHashMap<>();
        all.put(FOREIGN, TestImage.of(FOREIGN, 2000));
        all.put(OWN, TestImage.of(OWN, 1000));
        for (TestImage image : all.values()) {
            registry.add(image.manifest().raw().digest().hex(), image);
        }
        index = TestImage.index(all);
        registry.add("both", index);
        all.put(THIRD, TestImage.of(THIRD, 3000));
        registry.add("three", TestImage.index(all));
    }

    @AfterEach
    void end() {
        images.close();
        registry.close();
    }

    @Test
    void aNameStandsForThePlatformsThatWerePulled() throws Exception {
        Image foreign = pull("both", FOREIGN);
        assertThat(images.find(name("both")).id()).isEqualTo(foreign.id());
        Image own = pull("both", OWN);
        assertThat(images.find(name("both")).id()).isEqualTo(own.id());
        assertThat(pull("both", FOREIGN).id()).isEqualTo(foreign.id());
        assertThat(images.find(name("both")).id()).isEqualTo(own.id());
        assertThat(images.find(name("both"), Optional.of(FOREIGN)).id()).isEqualTo(foreign.id());
        assertThatThrownBy(() -> images.find(name("both"), Optional.of(THIRD)))
                .hasMessageContaining("does not match the specified platform: wanted linux/s390x, actual: " + OWN);
        assertThat(images.list()).extracting(Image::id).containsExactly(own.id());
        assertThat(images.target(own)).isEqualTo(index.descriptor());
        assertThat(images.manifests(own)).hasSize(2).allMatch(one -> one.image().isPresent());
    }

    @Test
    void whatANameStandsForGoesWithIt() throws Exception {
        Image own = pull("both", OWN);
        Image foreign = pull("both", FOREIGN);
        images.tag(name("both"), "mine:1");
        assertThat(images.find("mine:1", Optional.of(FOREIGN)).id()).isEqualTo(foreign.id());
        images.remove(name("both"), false, image -> List.of());
        assertThat(images.byId(foreign.id())).isPresent();
        assertThat(images.remove("mine:1", false, image -> List.of()))
                .contains(new Removed.Deleted(own.id()), new Removed.Deleted(foreign.id()));
        assertNothingStays();
    }

    @Test
    void aNewerIndexLeavesTheOlderOnesImagesWithoutAName() throws Exception {
        Image foreign = pull("both", FOREIGN);
        TestImage newer = TestImage.of(OWN, 5000);
        registry.add("other", newer);
        registry.add("both", TestImage.index(Map.of(OWN, newer)));
        Image own = pull("both", OWN);
        assertThat(images.find(name("both")).id()).isEqualTo(own.id());
        assertThat(images.byId(foreign.id()).orElseThrow().repoTags()).isEmpty();
        assertThat(images.list()).hasSize(2);
    }

    @Test
    void anArchiveCarriesAllPlatformsThatAreHere() throws Exception {
        Image own = pull("both", OWN);
        Image foreign = pull("both", FOREIGN);
        byte[] archive = save(Optional.empty(), name("both"));
        try (Images other = open("other")) {
            other.load(new ByteArrayInputStream(archive), Optional.empty(), one -> {});
            assertThat(other.find(name("both")).id()).isEqualTo(own.id());
            assertThat(other.find(name("both"), Optional.of(FOREIGN)).id()).isEqualTo(foreign.id());
            assertThat(other.target(own)).isEqualTo(index.descriptor());
            ByteArrayOutputStream again = new ByteArrayOutputStream();
            other.save(List.of(name("both")), again);
            assertThat(again.toByteArray()).isEqualTo(archive);
        }
    }

    @Test
    void onePlatformIsSavedAndLoadedWhereItIsAskedFor() throws Exception {
        pull("both", OWN);
        Image foreign = pull("both", FOREIGN);
        byte[] all = save(Optional.empty(), name("both"));
        byte[] one = save(Optional.of(FOREIGN), name("both"));
        assertThat(one).hasSizeLessThan(all.length);
        for (byte[] archive : List.of(all, one)) {
            try (Images other = open("other-" + archive.length)) {
                other.load(new ByteArrayInputStream(archive), Optional.of(FOREIGN), loaded -> {});
                assertThat(other.find(name("both")).id()).isEqualTo(foreign.id());
                assertThat(other.list()).hasSize(1);
                assertThatThrownBy(
                                () -> other.load(new ByteArrayInputStream(archive), Optional.of(THIRD), loaded -> {}))
                        .hasMessageContaining("the archive has no image for linux/s390x, but for: ");
            }
        }
    }

    @Test
    void whatIsLoadedLaterOfAnIndexJoinsWhatIsHere() throws Exception {
        Image own = pull("both", OWN);
        Image foreign = pull("both", FOREIGN);
        byte[] archive = save(Optional.empty(), name("both"));
        try (Images other = open("other")) {
            other.load(new ByteArrayInputStream(archive), Optional.of(FOREIGN), loaded -> {});
            other.load(new ByteArrayInputStream(archive), Optional.of(OWN), loaded -> {});
            assertThat(other.find(name("both")).id()).isEqualTo(own.id());
            assertThat(other.find(name("both"), Optional.of(FOREIGN)).id()).isEqualTo(foreign.id());
            assertThat(other.list()).hasSize(1);
        }
    }

    @Test
    void anIndexOfWhichNotAllIsHereIsSavedAsWhatIsHere() throws Exception {
        pull("three", OWN);
        Image foreign = pull("three", FOREIGN);
        Image own = images.find(name("three"));
        assertThat(images.manifests(own))
                .extracting(one -> one.image().isPresent())
                .containsExactly(true, true, false);
        assertThat(images.manifests(own))
                .last()
                .extracting(ManifestSummary::contentBytes)
                .isEqualTo(0L);
        byte[] archive = save(Optional.empty(), name("three"));
        try (Images other = open("other")) {
            other.load(new ByteArrayInputStream(archive), Optional.empty(), one -> {});
            assertThat(other.find(name("three"), Optional.of(FOREIGN)).id()).isEqualTo(foreign.id());
            assertThat(other.manifests(own)).hasSize(2);
        }
    }

    @Test
    @Needs(Need.SKOPEO)
    void skopeoReadsAllPlatformsOfOurArchives() throws Exception {
        Image own = pull("three", OWN);
        pull("three", FOREIGN);
        Path file = dir.resolve("ours.tar");
        Files.write(file, save(Optional.empty(), name("three")));
        String raw = skopeo("inspect", "--raw", "oci-archive:" + file);
        assertThat(raw).contains("image.index.v1+json", "\"" + FOREIGN.architecture() + "\"", OWN.architecture());
        skopeo("copy", "-q", "--all", "oci-archive:" + file, "oci-archive:" + dir.resolve("copy.tar") + ":copy:1");
        assertThat(skopeo("inspect", "docker-archive:" + file))
                .contains("\"Architecture\": \"" + OWN.architecture() + "\"");
        try (Images other = open("other");
                InputStream in = Files.newInputStream(dir.resolve("copy.tar"))) {
            other.load(in, Optional.empty(), one -> {});
            assertThat(other.find("copy:1").id()).isEqualTo(own.id());
            assertThat(other.find("copy:1", Optional.of(FOREIGN)).config().platform())
                    .isEqualTo(FOREIGN);
        }
    }

    @Test
    @Needs(Need.DOCKER_REGISTRY)
    void aWholeIndexIsPushedAndPulledBack() throws Exception {
        pull("both", OWN);
        Image foreign = pull("both", FOREIGN);
        try (RegistryProcess real = RegistryProcess.start(dir.resolve("registry"));
                Images other = open("other")) {
            String target = real.domain() + "/pushed:1";
            images.tag(name("both"), target);
            images.push(new PushRequest(target, false, Optional.empty(), Credentials.ANONYMOUS), event -> {});
            RemoteImage found = other.inspectRemote(target, Credentials.ANONYMOUS);
            assertThat(found.descriptor()).isEqualTo(index.descriptor());
            assertThat(found.platforms()).containsExactly(FOREIGN, OWN);
            Image back = other.pull(
                    new PullRequest(target, false, Optional.of(FOREIGN), Credentials.ANONYMOUS), event -> {});
            assertThat(back.id()).isEqualTo(foreign.id());
            images.push(new PushRequest(target, false, Optional.of(FOREIGN), Credentials.ANONYMOUS), event -> {});
            assertThat(other.inspectRemote(target, Credentials.ANONYMOUS).descriptor())
                    .isEqualTo(foreign.manifest().descriptor());
            assertThatThrownBy(() -> images.push(
                            new PushRequest(target, false, Optional.of(THIRD), Credentials.ANONYMOUS), event -> {}))
                    .hasMessageContaining("does not provide the specified platform (linux/s390x)");
        }
    }

    private Image pull(String tag, Platform platform) throws IOException {
        return images.pull(
                new PullRequest(name(tag), false, Optional.of(platform), Credentials.ANONYMOUS), event -> {});
    }

    private String name(String tag) {
        return registry.domain() + "/x:" + tag;
    }

    private byte[] save(Optional<Platform> platform, String name) throws IOException {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        images.save(List.of(name), platform, archive);
        return archive.toByteArray();
    }

    private Images open(String name) throws IOException {
        return Images.open(dir.resolve(name), ImageOptions.DEFAULT);
    }

    private static String skopeo(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("skopeo", "--insecure-policy"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }

    private void assertNothingStays() throws IOException {
        assertThat(images.list()).isEmpty();
        for (String part : List.of("content", "l", "snapshots", "images", "names")) {
            try (var files = Files.walk(dir.resolve("data").resolve(part))) {
                assertThat(files.filter(Files::isRegularFile)).as(part).isEmpty();
            }
        }
    }
}
