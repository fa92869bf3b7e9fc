package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.api.buildkit.FolderClients;
import dev.berth.api.http.HttpServer;
import dev.berth.api.http.Limits;
import dev.berth.build.BuildException;
import dev.berth.build.ContextSource;
import dev.berth.build.context.IgnoreFile;
import dev.berth.build.files.Context;
import dev.berth.build.files.FileDigests;
import dev.berth.build.files.FolderTree;
import dev.berth.build.files.SentContexts;
import dev.berth.build.files.TreeDigest;
import dev.berth.cli.build.BuildContext;
import dev.berth.cli.build.BuildProgress;
import dev.berth.cli.build.FolderService;
import dev.berth.cli.build.SentFolder;
import dev.berth.cli.endpoint.Endpoint;
import dev.berth.cli.http.EngineClient;
import dev.berth.engine.error.EngineException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A folder on its way from the command line to a builder, without an engine: {@link SentFolderTest} has all of it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FolderTransferTest {
    private static final int LARGE_BYTES = 3_000_000;
    private static final int SETTLED_MILLIS = 3_100;

    @TempDir
    Path dir;

    private final FolderClients clients = new FolderClients();
    private HttpServer server;
    private EngineClient client;
    private SentContexts sent;
    private Path folder;
    private int made;
    private String shown = "";

    @BeforeEach
    void begin() throws IOException {
        server = new HttpServer(
                exchange -> clients.serve(
                        exchange,
                        exchange.request().queryValues("id").getFirst(),
                        exchange.request().queryValues("host").getFirst()),
                Limits.DEFAULT,
                List.of());
        server.listen(dir.resolve("s"));
        client = new EngineClient(Endpoint.of("unix://" + dir.resolve("s"), Optional.empty()));
        sent = SentContexts.open(dir.resolve("kept"));
        folder = Files.createDirectories(dir.resolve("folder/d"))
                .resolveSibling(".")
                .normalize();
        Files.writeString(folder.resolve("Dockerfile"), "FROM scratch\n");
        Files.writeString(folder.resolve("one"), "1");
        Files.writeString(folder.resolve("d/two"), "2");
        byte[] large = new byte[LARGE_BYTES];
        new Random(1).nextBytes(large);
        Files.write(folder.resolve("large"), large);
        Files.createSymbolicLink(folder.resolve("link"), Path.of("d/two"));
        Files.createLink(folder.resolve("again"), folder.resolve("one"));
        Files.createDirectory(folder.resolve("empty"));
    }

    @AfterEach
    void end() {
        server.close();
    }

    private SentFolder context() throws IOException {
        return BuildContext.of(folder.toString(), Optional.empty(), new ByteArrayInputStream(new byte[0]))
                .sent()
                .orElseThrow();
    }

    private interface Looking<T> {
        T look(Context files) throws Exception;
    }

    /** Has a folder sent as for a build, and looks at what has come. */
    private <T> T send(SentFolder what, Looking<T> looking) throws Exception {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(err, true, StandardCharsets.UTF_8);
        try (BuildProgress progress = BuildProgress.of(BuildProgress.Mode.PLAIN, out);
                FolderService service = FolderService.begin(client, List.of(what), Optional.of(what), progress)
                        .orElseThrow()) {
            Path scratch = Files.createDirectory(dir.resolve("scratch" + made++));
            ContextSource source = source(service, what);
            try (ContextSource.Opened opened = source.open(scratch)) {
                return looking.look(opened.files(IgnoreFile.NONE));
            } finally {
                clients.end(service.id());
                shown = err.toString(StandardCharsets.UTF_8);
            }
        }
    }

    private ContextSource source(FolderService service, SentFolder what) throws Exception {
        return clients.get(service.id()).folder(what.name(), sent);
    }

    /** A file of the folder, as it has come. */
    private String content(String name) throws Exception {
        byte[] content = send(context(), files -> files.content(name, 10).orElseThrow());
        return new String(content, StandardCharsets.UTF_8);
    }

    /** What is shown of it, in bytes. */
    private double sentBytes() {
        String size = shown.replaceAll("(?s).*daemon +([0-9.]+)(k?M?)B\n", "$1 $2");
        double number = Double.parseDouble(size.split(" ")[0]);
        return size.endsWith("M") ? number * 1e6 : size.endsWith("k") ? number * 1e3 : number;
    }

    @Test
    void theSameFilesArriveAsAreReadInPlaceAndOnlyWhatChangesComesAgain() throws Exception {
        Thread.sleep(SETTLED_MILLIS);
        try (FolderTree inPlace = FolderTree.open(folder, Map.of(), new FileDigests(dir.resolve("digests")))) {
            assertThat(send(context(), TreeDigest::of)).isEqualTo(TreeDigest.of(inPlace));
        }
        assertThat(sentBytes()).isGreaterThan(LARGE_BYTES);
        assertThat(content("again")).isEqualTo("1");
        assertThat(sentBytes()).isLessThan(5_000);
        Files.writeString(folder.resolve("d/two"), "changed");
        assertThat(content("link")).isEqualTo("changed");
        assertThat(sentBytes()).isLessThan(5_000);
        try (FolderTree inPlace = FolderTree.open(folder, Map.of(), new FileDigests(dir.resolve("digests")))) {
            assertThat(send(context(), TreeDigest::of)).isEqualTo(TreeDigest.of(inPlace));
        }
        assertThat(sentBytes()).isLessThan(5_000);
    }

    @Test
    void whatCannotBeReadFailsOnBothSides() throws Exception {
        SentFolder gone = new SentFolder("gone", dir.resolve("none"), context().files(), Map.of());
        BuildProgress progress = BuildProgress.of(BuildProgress.Mode.PLAIN, System.err);
        try (FolderService service = FolderService.begin(client, List.of(gone), Optional.empty(), progress)
                .orElseThrow()) {
            Path scratch = Files.createDirectory(dir.resolve("failed"));
            assertThatThrownBy(
                            () -> clients.get(service.id()).folder("gone", sent).open(scratch))
                    .isInstanceOf(BuildException.class)
                    .hasMessageContaining("the client could not send its files: ");
            assertThat(service.failure()).isPresent();
            clients.end(service.id());
        }
        assertThat(sent.list()).isEmpty();
    }

    @Test
    void aClientThatLeavesIsMissed() throws Exception {
        FolderService service = FolderService.begin(
                        client,
                        List.of(context()),
                        Optional.empty(),
                        BuildProgress.of(BuildProgress.Mode.PLAIN, System.err))
                .orElseThrow();
        ContextSource source = source(service, context());
        service.close();
        assertThatThrownBy(() -> source.open(Files.createDirectory(dir.resolve("left"))))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> clients.get(service.id())).isInstanceOf(EngineException.class);
    }
}
