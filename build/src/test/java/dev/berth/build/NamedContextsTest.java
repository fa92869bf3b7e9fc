package dev.berth.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.berth.build.cache.CacheBounds;
import dev.berth.build.cache.CacheFilter;
import dev.berth.build.run.BuildRunner;
import dev.berth.image.Image;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.Platform;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Other files and images in place of names that a Dockerfile has. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
class NamedContextsTest extends InWorkshop {
    private NamedContext files;

    @BeforeEach
    void open() throws IOException, InterruptedException {
        Path folder = Files.createDirectories(dir.resolve("folder/sub"));
        Files.writeString(folder.resolve("in"), "in the folder");
        Files.writeString(folder.resolve("ignored"), "");
        Files.writeString(dir.resolve("folder/.dockerignore"), "sub/ignored\n");
        files = new NamedContext.OfFiles(shop.builder().folder(dir.resolve("folder"), Map.of()));
    }

    @Test
    void filesAreCopiedAndMountedWithoutWhatTheirIgnoreFileLeavesOut() throws Exception {
        Workshop.Order order = shop.order("""
                        FROM box
                        COPY --from=extra sub /copied
                        RUN --mount=from=extra,target=/mounted ls /copied /mounted/sub | sort | uniq -c; cat /copied/in
                        """).context("extra", files);
        assertThat(order.build().output())
                .contains("2 in\n")
                .doesNotContain("ignored")
                .contains("in the folder");
        assertThat(order.build().cachedSteps()).isEqualTo(2);
        Files.writeString(dir.resolve("folder/sub/in"), "other");
        assertThat(order.build().output()).endsWith("").contains("other");
        assertThatThrownBy(shop.order("FROM box\nCOPY --from=extra none /\n").context("extra", files)::build)
                .hasMessageContaining("none");
    }

    @Test
    void filesAreWhatAStageIsBuiltUpon() throws Exception {
        Workshop.Built built = shop.order(
                        "FROM extra AS base\nFROM box\nCOPY --from=base / /all\nRUN find /all -type f\n")
                .context("extra", files)
                .build();
        assertThat(built.output()).contains("/all/sub/in\n").doesNotContain("/all/sub/ignored");
        Workshop.Built alone =
                shop.order("FROM extra\nENV A=b\n").context("extra", files).build();
        assertThat(alone.image().config().diffIds()).hasSize(1);
        assertThat(alone.image().config().config().env()).contains("A=b");
    }

    @Test
    void aStageIsWhatElseThereIsOfItsNameAndItsOwnBaseIsNotAskedFor() throws Exception {
        String dockerfile = """
                FROM localhost:1/gone AS Made
                RUN false
                FROM box
                COPY --from=%s . /got
                RUN find /got -type f
                """;
        assertThat(shop.order(dockerfile.formatted("made"))
                        .context("made", files)
                        .build()
                        .output())
                .contains("/got/sub/in\n");
        assertThat(shop.order(dockerfile.formatted("0"))
                        .context("made", files)
                        .build()
                        .output())
                .contains("/got/sub/in\n");
        assertThat(shop.order(dockerfile.formatted("made"))
                        .context("made", new NamedContext.OfImage("scratch"))
                        .build()
                        .output())
                .doesNotContain("/got/");
    }

    @Test
    void anImageStandsForAnotherAlsoForOnePlatformAlone() throws Exception {
        shop.order("FROM box\nRUN touch /marked\n").named("marked:1").build();
        NamedContext marked = new NamedContext.OfImage("marked:1");
        String dockerfile = "FROM %s\nRUN ls /marked 2>&1 || true\n";
        assertThat(shop.order(dockerfile.formatted("none"))
                        .context("none", marked)
                        .build()
                        .output())
                .contains("\n/marked\n");
        assertThat(shop.order(dockerfile.formatted("docker.io/library/box:latest"))
                        .context("box::" + Platform.host(), marked)
                        .afresh()
                        .build()
                        .output())
                .contains("\n/marked\n");
        assertThat(shop.order(dockerfile.formatted("box"))
                        .context("box::linux/riscv64", marked)
                        .context("box:2", marked)
                        .build()
                        .output())
                .contains("No such file");
    }

    @Test
    void whatAnAddressHasIsAFileAndWhatIsNoneIsRefused() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/x", exchange -> {
            byte[] body = "fetched".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            String address = "http://127.0.0.1:" + server.getAddress().getPort() + "/x";
            assertThat(shop.order("FROM box\nCOPY --from=page context /\nRUN cat /context\n")
                            .context("page", new NamedContext.OfAddress(address))
                            .build()
                            .output())
                    .contains("fetched");
        } finally {
            server.stop(0);
        }
        assertThatThrownBy(shop.order("FROM what\n").context("what", new NamedContext.OfAddress("ftp:x"))::build)
                .hasMessage("unsupported context source ftp:x for what");
    }

    @Test
    void stagesThatAreMadeAfreshAreTakenFromAsTheyAreNow() throws Exception {
        String dockerfile = """
                FROM box AS one
                RUN cat /proc/sys/kernel/random/uuid >/1
                FROM box AS two
                RUN cat /proc/sys/kernel/random/uuid >/2
                FROM box
                COPY --from=one /1 /
                COPY --from=two /2 /
                RUN echo "is $(cat /1) $(cat /2)"
                """;
        String[] first = made(shop.order(dockerfile));
        assertThat(shop.order(dockerfile).build().cachedSteps()).isEqualTo(5);
        String[] second = made(shop.order(dockerfile).stagesAfresh("TWO"));
        assertThat(second[0]).isEqualTo(first[0]);
        assertThat(second[1]).isNotEqualTo(first[1]);
        String[] third = made(shop.order(dockerfile).stagesAfresh("two", "stage-2", "one"));
        assertThat(third).doesNotContain(first).doesNotContain(second);
    }

    private static String[] made(Workshop.Order order) throws Exception {
        return order.build()
                .output()
                .lines()
                .filter(line -> line.startsWith("is "))
                .findFirst()
                .orElseThrow()
                .substring(3)
                .split(" ");
    }

    /** An image in a layout, which the engine does not have any more; gives the layout's folder. */
    private Path layout(String... names) throws Exception {
        Path folder = Files.createDirectories(dir.resolve("layout"));
        Path tar = dir.resolve("layout.tar");
        var images = shop.engine().images();
        try (OutputStream out = Files.newOutputStream(tar)) {
            images.store().save(List.of(names), out);
        }
        assertThat(new ProcessBuilder("tar", "-C", folder.toString(), "-xf", tar.toString())
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
        for (String name : names) {
            images.remove(name, true);
        }
        shop.builder().prune(CacheFilter.ALL, true, CacheBounds.reserved(0));
        return folder;
    }

    private NamedContext image(Path layout, String which) {
        return new NamedContext.OfLayout(BuildRunner.layout(shop.builder().folder(layout, Map.of()), which));
    }

    @Test
    void anImageOfALayoutIsABaseAndIsCopiedFromAndIsNotShown() throws Exception {
        shop.order("FROM box\nRUN echo first >/made\nENV WHO=one\n")
                .named("one:v1")
                .build();
        shop.order("FROM box\nRUN echo second >/made\nENV WHO=two\n")
                .named("two:v2")
                .build();
        Digest one = shop.engine().images().store().find("one:v1").id();
        Path layout = layout("one:v1", "two:v2");
        String dockerfile = "FROM base\nCOPY --from=other /made /other\nRUN cat /made /other; echo $WHO\n";
        Workshop.Order order = shop.order(dockerfile)
                .context("base", image(layout, "docker.io/library/one:v1"))
                .context("other", image(layout, "docker.io/library/two:v2"));
        assertThat(order.build().output()).contains("\nfirst\nsecond\none\n");
        assertThat(order.build().cachedSteps()).isEqualTo(2);
        assertThat(shop.engine().images().store().list())
                .extracting(Image::repoTags)
                .containsOnly(List.of("box:latest"), List.of());
        shop.builder().removeUnkept();
        assertThat(shop.engine().images().store().byId(one)).isEmpty();
    }

    @Test
    void theOnlyImageOfALayoutNeedsNoTagAndIsAskedForWhatItSays() throws Exception {
        shop.order("FROM box\nRUN touch /made\nENV WHO=one\n").named("one:v1").build();
        Path layout = layout("one:v1");
        String dockerfile = "FROM base\nRUN test -f /made\nRUN echo is $WHO\n";
        assertThat(shop.order(dockerfile)
                        .context("base", image(layout, "latest"))
                        .build()
                        .output())
                .contains("\nis one\n");
        String root = Files.readString(layout.resolve("index.json")).replaceAll("(?s).*?(sha256:[0-9a-f]{64}).*", "$1");
        assertThat(shop.order(dockerfile)
                        .context("base", image(layout, root))
                        .afresh()
                        .build()
                        .output())
                .contains("\nis one\n");
    }

    @Test
    void aLayoutThatIsNotAsItShouldBeIsRefusedWithItsContextsName() throws Exception {
        shop.order("FROM box\nRUN echo first >/made\n").named("one:v1").build();
        shop.order("FROM box\nRUN echo second >/made\n").named("two:v2").build();
        Path layout = layout("one:v1", "two:v2");
        String name = "the OCI layout of the build context base: ";
        assertThatThrownBy(shop.order("FROM base\n").context("base", image(layout, "v3"))::build)
                .hasMessageContaining(name + "it has no image with the tag v3, but these: ");
        assertThatThrownBy(shop.order("FROM base\n").context("base", image(dir.resolve("folder"), "v1"))::build)
                .hasMessageContaining(name + "it is no OCI image layout: it has no index.json");
        NamedContext one = image(layout, "docker.io/library/one:v1");
        assertThatThrownBy(shop.order("FROM --platform=linux/s390x base\n").context("base", one)::build)
                .hasMessageContaining(name + "its image is for ");
        List<Path> blobs;
        try (Stream<Path> files = Files.list(layout.resolve("blobs/sha256"))) {
            blobs = files.toList();
        }
        for (Path blob : blobs) {
            byte[] content = Files.readAllBytes(blob);
            content[content.length / 2] ^= 1;
            Files.write(blob, content);
        }
        assertThatThrownBy(shop.order("FROM base\n").context("base", one)::build)
                .hasMessageContaining(name + "the document ")
                .hasMessageContaining(" has another content");
        for (Path blob : blobs) {
            Files.delete(blob);
        }
        assertThatThrownBy(shop.order("FROM base\n").context("base", one)::build)
                .hasMessageContaining(name + "the blob ")
                .hasMessageContaining(" is missing in it");
    }
}
