package dev.berth.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.berth.build.cache.CacheBounds;
import dev.berth.build.cache.CacheFilter;
import dev.berth.build.cache.CacheRecord;
import dev.berth.build.cache.transfer.CacheSource;
import dev.berth.build.cache.transfer.CacheTarget;
import dev.berth.engine.container.ListQuery;
import dev.berth.image.Image;
import dev.berth.image.check.Finding;
import dev.berth.image.layer.Compression;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.Platform;
import dev.berth.image.registry.Credentials;
import dev.berth.image.registry.PullRequest;
import dev.berth.image.registry.PushRequest;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import dev.berth.testing.RegistryProcess;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What one builder's steps came to, used by another that has nothing but the same base. */
@Needs({Need.ROOT, Need.BUSYBOX, Need.DOCKER_REGISTRY})
@LeavesNothingBehind
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CacheTransferTest {
    private static final String DOCKERFILE = """
            FROM box AS made
            RUN echo compiled >/made
            RUN echo more >/more
            FROM box
            ENV A=1
            RUN echo first >/first
            COPY --from=made /made /made
            COPY f /f
            WORKDIR /work
            RUN true
            RUN cat /first /made /f >/all
            CMD ["cat", "/all"]
            """;
    private static final int STEPS = 8;

    @TempDir
    Path dir;

    private Workshop ours;
    private Workshop theirs;

    @BeforeEach
    void open() throws IOException, InterruptedException {
        ours = new Workshop(dir.resolve("ours"));
        theirs = new Workshop(dir.resolve("theirs"));
        ByteArrayOutputStream base = new ByteArrayOutputStream();
        ours.engine().images().save(List.of("box"), Optional.empty(), base);
        theirs.engine().images().load(new ByteArrayInputStream(base.toByteArray()), Optional.empty(), _ -> {});
    }

    @AfterEach
    void close() throws IOException {
        try (Workshop first = ours;
                Workshop second = theirs) {
            for (Workshop shop : List.of(first, second)) {
                assertThat(shop.engine().containers().list(ListQuery.ALL)).isEmpty();
                try (Stream<Path> left = Files.list(shop.engine().scratch())) {
                    assertThat(left).isEmpty();
                }
                List<Finding> findings = new ArrayList<>();
                shop.engine().check(false, findings::add);
                assertThat(findings).isEmpty();
            }
        }
    }

    private static Workshop.Order order(Workshop shop) {
        return shop.order(DOCKERFILE).file("f", "content");
    }

    private static CacheTarget.Manner manner(CacheTarget.Mode mode, Compression compression) {
        return new CacheTarget.Manner(mode, compression, OptionalInt.empty(), false);
    }

    private static void assertSame(Workshop.Built built, Workshop.Built expected) {
        assertThat(built.image().id()).isEqualTo(expected.image().id());
        assertThat(built.image().config().diffIds())
                .isEqualTo(expected.image().config().diffIds());
    }

    private CacheTarget folder(CacheTarget.Mode mode) {
        return new CacheTarget.Folder(dir.resolve("cache"), "latest", manner(mode, Compression.GZIP));
    }

    private CacheSource folder() {
        return new CacheSource.Folder(dir.resolve("cache"), "latest", Optional.empty());
    }

    @Test
    void allStepsAreFoundInARegistryAndMakeTheSameImage() throws Exception {
        try (RegistryProcess registry = RegistryProcess.start(dir.resolve("registry"))) {
            String reference = registry.domain() + "/shop/cache:main";
            for (Compression compression : List.of(Compression.GZIP, Compression.ZSTD, Compression.NONE)) {
                Workshop.Built built = order(ours)
                        .to(new CacheTarget.Registry(reference, manner(CacheTarget.Mode.MAX, compression)))
                        .build();
                Workshop.Built found =
                        order(theirs).from(new CacheSource.Registry(reference)).build();
                assertThat(found.output()).contains("Importing the build cache of " + reference);
                assertThat(found.cachedSteps()).as(found.output()).isEqualTo(STEPS);
                assertSame(found, built);
                if (compression == Compression.NONE) {
                    assertThat(found.image().manifest().layers())
                            .isEqualTo(built.image().manifest().layers());
                }
                theirs.builder().prune(CacheFilter.ALL, true, CacheBounds.NONE);
                theirs.engine().images().remove(found.image().id().toString(), true);
            }
        }
    }

    @Test
    void aChangedStepIsDoneAndWhatFollowsIt() throws Exception {
        order(ours).to(folder(CacheTarget.Mode.MAX)).build();
        Workshop.Built built =
                theirs.order(DOCKERFILE).file("f", "changed").from(folder()).build();
        assertThat(built.cachedSteps()).as(built.output()).isEqualTo(4);
        assertThat(built.output()).contains("Running in");
        assertThat(order(theirs).from(folder()).build().cachedSteps())
                .as("what it found is its own now, and the rest is still there")
                .isEqualTo(STEPS);
    }

    @Test
    void theLeastIsTheStepsOfTheResultsOwnStages() throws Exception {
        Workshop.Built built = order(ours).to(folder(CacheTarget.Mode.MIN)).build();
        Workshop.Built found = order(theirs).from(folder()).build();
        assertThat(found.cachedSteps()).as(found.output()).isEqualTo(STEPS - 2);
        assertThat(found.image().config().diffIds())
                .as("the copied file is the same, so what was made of it is found")
                .isEqualTo(built.image().config().diffIds());
    }

    @Test
    void whatIsNotNeededOfACacheStaysWhereItIs() throws Exception {
        order(ours).to(folder(CacheTarget.Mode.MAX)).build();
        order(theirs).from(folder()).build();
        List<CacheRecord> kept = theirs.builder().cache().list();
        assertThat(kept).extracting(CacheRecord::description).doesNotContain("RUN /bin/sh -c echo compiled >/made");
        assertThat(kept).extracting(CacheRecord::description).contains("RUN /bin/sh -c echo first >/first");
    }

    @Test
    void whatWasImportedIsCountedAndForgottenLikeWhatWasMade() throws Exception {
        order(ours).to(folder(CacheTarget.Mode.MAX)).build();
        order(theirs).from(folder()).build();
        theirs.restart();
        assertThat(order(theirs).build().cachedSteps()).as("without the cache").isEqualTo(STEPS - 2);
        assertThat(theirs.builder().cache().list().stream()
                        .mapToLong(CacheRecord::bytes)
                        .sum())
                .isPositive();
        int all = theirs.builder().cache().list().size();
        assertThat(theirs.builder()
                        .prune(CacheFilter.ALL, true, CacheBounds.NONE)
                        .deleted())
                .hasSize(all);
        assertThat(theirs.builder().cache().list()).isEmpty();
    }

    @Test
    void anImageCarriesTheCacheOfItsOwnStages() throws Exception {
        try (RegistryProcess registry = RegistryProcess.start(dir.resolve("registry"))) {
            String reference = registry.domain() + "/shop/app:1";
            Workshop.Built built = order(ours).to(new CacheTarget.Inline()).build();
            ours.engine().images().tag(built.image().id().toString(), reference);
            ours.engine()
                    .images()
                    .push(new PushRequest(reference, false, Optional.empty(), Credentials.ANONYMOUS), _ -> {});
            Workshop.Built found = order(theirs)
                    .from(new CacheSource.Registry(reference))
                    .to(new CacheTarget.Inline())
                    .build();
            assertThat(found.cachedSteps()).as(found.output()).isEqualTo(STEPS - 2);
            assertSame(found, built);
            Workshop.Built plain =
                    order(theirs).from(new CacheSource.Registry(reference)).build();
            assertThat(plain.image().config().diffIds())
                    .isEqualTo(built.image().config().diffIds());
            assertThat(plain.image().id()).isNotEqualTo(built.image().id());

            theirs.builder().prune(CacheFilter.ALL, true, CacheBounds.NONE);
            theirs.engine()
                    .images()
                    .pull(new PullRequest(reference, false, Optional.empty(), Credentials.ANONYMOUS), _ -> {});
            Workshop.Built here = order(theirs)
                    .from(new CacheSource.LocalImage(reference))
                    .from(new CacheSource.LocalImage("box"))
                    .from(new CacheSource.LocalImage("nowhere"))
                    .to(new CacheTarget.Inline())
                    .build();
            assertThat(here.cachedSteps()).as(here.output()).isEqualTo(STEPS - 2);
            assertSame(here, built);
            assertThat(here.output())
                    .contains("WARNING: the build cache of box is not used: it is an image without a cache in it")
                    .contains("WARNING: the build cache of nowhere is not used: No such image: nowhere:latest");
        }
    }

    @Test
    void severalPlatformsAreInOneCacheAndEachOfTheirImagesHasItsOwn() throws Exception {
        String dockerfile = """
                FROM --platform=$BUILDPLATFORM box AS made
                ARG TARGETARCH
                RUN echo $TARGETARCH >/arch
                FROM scratch
                COPY --from=made /arch /
                COPY f /f
                """;
        Platform[] platforms = {Platform.host(), new Platform("linux", "s390x", "")};
        try (RegistryProcess registry = RegistryProcess.start(dir.resolve("registry"))) {
            String reference = registry.domain() + "/shop/app:1";
            Workshop.Built built = ours.order(dockerfile)
                    .file("f", "content")
                    .on(platforms)
                    .named(reference)
                    .to(folder(CacheTarget.Mode.MAX))
                    .to(new CacheTarget.Inline())
                    .build();
            ours.engine()
                    .images()
                    .push(new PushRequest(reference, false, Optional.empty(), Credentials.ANONYMOUS), _ -> {});
            for (CacheSource source : List.of(folder(), new CacheSource.Registry(reference))) {
                Workshop.Built found = theirs.order(dockerfile)
                        .file("f", "content")
                        .on(platforms)
                        .from(source)
                        .to(new CacheTarget.Inline())
                        .build();
                assertThat(found.cachedSteps())
                        .as(found.output())
                        .isEqualTo(source instanceof CacheSource.Registry ? 2 * 2 : 2 * 3);
                assertThat(ids(found)).isEqualTo(ids(built));
                theirs.builder().prune(CacheFilter.ALL, true, CacheBounds.NONE);
                for (Image image : found.result().images()) {
                    theirs.engine().images().remove(image.id().toString(), true);
                }
            }
        }
    }

    private static List<Digest> ids(Workshop.Built built) {
        return built.result().images().stream().map(Image::id).toList();
    }

    @Test
    void aDateThatIsAskedForHoldsWithCachesToo() throws Exception {
        Instant date = Instant.ofEpochSecond(1_600_000_000);
        Workshop.Built built =
                order(ours).dated(date).to(folder(CacheTarget.Mode.MAX)).build();
        Workshop.Built found = order(theirs).dated(date).from(folder()).build();
        assertThat(found.cachedSteps()).isEqualTo(STEPS);
        assertSame(found, built);
        theirs.builder().prune(CacheFilter.ALL, true, CacheBounds.NONE);
        Workshop.Built other =
                order(theirs).dated(date.plusSeconds(1)).from(folder()).build();
        assertThat(other.cachedSteps()).isZero();
    }

    @Test
    void credentialsAreShownToTheRegistryThatTheyAreFor() throws Exception {
        try (RegistryProcess first =
                        locked("first", "bread", "$2b$05$abcdefghijklmnopqrstuu9F7knbw5ROqesWtrMEOkbATo.LGOkem");
                RegistryProcess second =
                        locked("second", "butter", "$2b$05$abcdefghijklmnopqrstuuMbQDZrf6ENcIpSoZJX1Z5DtACE0y8I.")) {
            String one = first.domain() + "/cache";
            String two = second.domain() + "/cache";
            Workshop.Built built = order(ours)
                    .credentials(name ->
                            new Credentials.Basic("alice", name.startsWith(first.domain()) ? "bread" : "butter"))
                    .to(new CacheTarget.Registry(one, manner(CacheTarget.Mode.MIN, Compression.GZIP)))
                    .to(new CacheTarget.Registry(two, manner(CacheTarget.Mode.MAX, Compression.GZIP)))
                    .build();
            Workshop.Built found = order(theirs)
                    .credentials(name -> name.startsWith(second.domain())
                            ? new Credentials.Basic("alice", "butter")
                            : Credentials.ANONYMOUS)
                    .from(new CacheSource.Registry(one))
                    .from(new CacheSource.Registry(two))
                    .build();
            assertThat(found.output())
                    .contains("WARNING: the build cache of " + one)
                    .doesNotContain("WARNING: the build cache of " + two);
            assertThat(found.cachedSteps()).isEqualTo(STEPS);
            assertSame(found, built);
        }
    }

    private RegistryProcess locked(String name, String password, String hash) throws Exception {
        Path users = dir.resolve(name + ".htpasswd");
        Files.writeString(users, "alice:" + hash + "\n");
        return RegistryProcess.start(
                dir.resolve(name), "\nauth:\n  htpasswd: {realm: " + password + ", path: " + users + "}");
    }

    @Test
    void aCacheThatIsNotThereOrCannotBeReadIsToldOfAndNoMore() throws Exception {
        Path cache = dir.resolve("cache");
        Workshop.Built without = order(theirs).from(folder()).build();
        assertThat(without.output()).contains("WARNING: the build cache of folder " + cache + " is not used: ");
        Files.createDirectories(cache);
        Files.writeString(cache.resolve("index.json"), "{\"schemaVersion\":2,\"manifests\":[[[");
        assertThat(order(theirs).from(folder()).build().output()).contains("is not well-formed JSON");
        String nobody = "localhost:1/none";
        assertThat(order(theirs).from(new CacheSource.Registry(nobody)).build().output())
                .contains("WARNING: the build cache of " + nobody + " is not used: ");
    }

    @Test
    void aCacheThatCannotBeWrittenFailsTheBuildUnlessThatDoesNotMatter() throws Exception {
        String nobody = "localhost:1/none";
        assertThatExceptionOfType(BuildException.class)
                .isThrownBy(() -> order(ours)
                        .to(new CacheTarget.Registry(nobody, CacheTarget.Manner.USUAL))
                        .build())
                .withMessageContaining("exporting the build cache to " + nobody + " failed: ");
        CacheTarget.Manner lenient =
                new CacheTarget.Manner(CacheTarget.Mode.MIN, Compression.GZIP, OptionalInt.empty(), true);
        assertThat(order(ours)
                        .to(new CacheTarget.Registry(nobody, lenient))
                        .build()
                        .output())
                .contains("WARNING: exporting the build cache to " + nobody + " failed: ");
    }

    /** Each is found out in another way, and changes nothing but that the steps are done. */
    @Test
    void aDamagedCacheChangesNothing() throws Exception {
        Workshop.Built built = order(ours).to(folder(CacheTarget.Mode.MAX)).build();
        Path blobs = dir.resolve("cache/blobs/sha256");
        List<Path> layers = new ArrayList<>();
        try (Stream<Path> files = Files.list(blobs)) {
            for (Path file : files.toList()) {
                if (Files.readAllBytes(file)[0] == 0x1f) {
                    layers.add(file);
                }
            }
        }
        for (Path layer : layers) {
            Files.writeString(layer, "this is not the layer that was promised");
        }
        Workshop.Built lied = order(theirs).from(folder()).build();
        assertThat(lied.output()).contains("WARNING: the build cache of folder ", "; building without it");
        assertThat(lied.output()).contains("Running in");
        assertThat(contents(theirs, lied.image())).isEqualTo(contents(ours, built.image()));
        for (Path layer : layers) {
            Files.delete(layer);
        }
        theirs.builder().prune(CacheFilter.ALL, true, CacheBounds.NONE);
        Workshop.Built lost = order(theirs).from(folder()).build();
        assertThat(lost.output()).contains("; building without it");
        assertThat(contents(theirs, lost.image())).isEqualTo(contents(ours, built.image()));
    }

    /** Keys that lead to another's layers: what they lead to is held against what was built so far. */
    @Test
    void keysThatLeadAstrayLeadToNothingOfAnotherChain() throws Exception {
        Workshop.Built other = theirs.order("FROM box\nRUN echo other >/other\nRUN echo secret >/secret\n")
                .build();
        List<CacheRecord> records = theirs.builder().cache().list();
        CacheRecord secret = records.stream()
                .filter(record -> record.description().contains("secret"))
                .findFirst()
                .orElseThrow();
        order(ours).to(folder(CacheTarget.Mode.MAX)).build();
        for (CacheRecord made : ours.builder().cache().list()) {
            if (made.description().contains("first >/first")) {
                theirs.builder().cache().put(made.key(), made.next(), other.image(), made.description(), 0);
            }
        }
        assertThat(secret.image()).isEqualTo(other.image().id());
        Workshop.Built built = order(theirs).from(folder()).build();
        assertThat(built.cachedSteps()).isEqualTo(STEPS);
        assertThat(contents(theirs, built.image())).contains("first\n");
        assertThat(theirs.order("FROM " + built.image().id() + "\nRUN test ! -e /secret\n")
                        .build()
                        .image())
                .isNotNull();
    }

    private static String contents(Workshop shop, Image image) throws Exception {
        Workshop.Built built = shop.order("FROM " + image.id() + "\nRUN cat /first /made /f /all\n")
                .afresh()
                .build();
        return built.output()
                .substring(built.output().indexOf("\nfirst\n"), built.output().indexOf("Successfully"))
                .replaceAll(" ---> .*\n", "");
    }
}
