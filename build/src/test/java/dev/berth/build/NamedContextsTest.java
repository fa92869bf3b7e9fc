package dev.berth.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.berth.image.oci.Platform;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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
}
