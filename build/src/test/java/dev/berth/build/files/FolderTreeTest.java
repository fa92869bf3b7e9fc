package dev.berth.build.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.build.BuildException;
import dev.berth.build.context.IgnoreFile;
import dev.berth.image.oci.Digest;
import dev.berth.image.tar.TarEntry;
import dev.berth.image.tar.TarWriter;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.FileStatus;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderTreeTest {
    private static final Selection.Choice ALL = new Selection.Choice(false, _ -> false);

    @TempDir
    Path dir;

    private Path folder;
    private FileDigests digests;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectory(dir.resolve("context"));
        digests = new FileDigests(dir.resolve("digests"));
    }

    private Path file(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.resolveSibling("."));
        return Files.writeString(file, content);
    }

    private FolderTree open() {
        return FolderTree.open(folder, Map.of(), digests);
    }

    private static Digest digest(SourceTree tree, String... sources) throws IOException {
        return Selection.of(tree, List.of(sources), ALL, "COPY").digest();
    }

    private static String content(SourceTree tree, String... path) throws IOException {
        StringBuilder text = new StringBuilder();
        tree.read(List.of(path), (_, bytes) -> text.append(StandardCharsets.UTF_8.decode(bytes)));
        return text.toString();
    }

    private FileStatus.Identity identity(String name) {
        try (Directory directory = Directory.open(folder)) {
            return directory.status(name).orElseThrow().identity();
        }
    }

    @Test
    void theSameFilesHaveTheSameDigestAsInAnArchive() throws IOException {
        Files.setPosixFilePermissions(file("d/a", "one"), PosixFilePermissions.fromString("rw-r-----"));
        Files.createSymbolicLink(folder.resolve("d/link"), Path.of("a"));
        Files.setPosixFilePermissions(folder.resolve("d"), PosixFilePermissions.fromString("rwxr-xr-x"));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarWriter tar = new TarWriter(bytes)) {
            tar.begin(TarEntry.empty("d/", TarEntry.Type.DIRECTORY, "", 0755, 0, 0, Instant.EPOCH));
            tar.begin(TarEntry.file("d/a", 0640, 0, 0, Instant.EPOCH, 3, Map.of()));
            tar.write("one".getBytes(StandardCharsets.UTF_8), 0, 3);
            tar.begin(TarEntry.empty("d/link", TarEntry.Type.SYMLINK, "a", 0777, 0, 0, Instant.EPOCH));
        }
        try (FolderTree tree = open();
                ContextTree archive =
                        ContextTree.read(new ByteArrayInputStream(bytes.toByteArray()), dir.resolve("spool"))) {
            assertThat(digest(tree, "d")).isEqualTo(digest(archive, "d"));
            assertThat(TreeDigest.of(tree)).isEqualTo(TreeDigest.of(archive));
            assertThat(content(tree, "d", "a")).isEqualTo("one");
        }
    }

    @Test
    void aFileThatChangesWithItsSizeAndTimeAsTheyWereIsNotTaken() throws IOException {
        Path file = file("a", "one");
        FileTime time = Files.getLastModifiedTime(file);
        try (FolderTree tree = open()) {
            FileStatus.Identity before = identity("a");
            assertThat(tree.find(List.of("a"))).isPresent();
            while (identity("a").equals(before)) { // until the kernel's clock has gone on
                Files.writeString(file, "two");
                Files.setLastModifiedTime(file, time);
            }
            assertThatThrownBy(() -> digest(tree, "a"))
                    .isInstanceOf(BuildException.class)
                    .hasMessageContaining("a was changed while it was built: build again");
        }
        try (FolderTree tree = open()) {
            assertThat(content(tree, "a")).isEqualTo("two");
        }
    }

    @Test
    void aFileThatIsAnotherBehindALinkByNowIsNotRead() throws IOException {
        file("d/secret", "mine");
        Path outside = Files.createDirectory(dir.resolve("outside"));
        Files.writeString(outside.resolve("secret"), "theirs");
        try (FolderTree tree = open()) {
            assertThat(tree.list(List.of("d"))).containsExactly("secret");
            Files.move(folder.resolve("d"), folder.resolve("moved"));
            Files.createSymbolicLink(folder.resolve("d"), outside);
            assertThatThrownBy(() -> content(tree, "d", "secret")).isInstanceOf(BuildException.class);
        }
    }

    @Test
    void aLinkThatLeadsOutMeansWhatIsInTheFolder() throws IOException {
        file("etc/passwd", "of the context");
        Files.createSymbolicLink(folder.resolve("link"), Path.of("../../../etc/passwd"));
        try (FolderTree tree = open();
                InputStream in = tree.open("link").orElseThrow()) {
            assertThat(in.readAllBytes()).asString().isEqualTo("of the context");
        }
    }

    @Test
    void whatIsIgnoredIsNotThereButForItsExceptions() throws Exception {
        file("out/kept", "");
        file("out/left", "");
        file("gone/all", "");
        file("in", "");
        try (FolderTree tree = open()) {
            assertThat(tree.list(List.of())).containsExactly("gone", "in", "out");
            tree.remove(IgnoreFile.parse("out\n!out/kept\ngone\n"));
            assertThat(tree.list(List.of())).containsExactly("in", "out");
            assertThat(tree.list(List.of("out"))).containsExactly("kept");
            assertThat(tree.find(List.of("gone", "all"))).isEmpty();
        }
    }

    @Test
    void socketsAreNoFilesAndDirectoriesHaveNoContent() throws IOException {
        file("d/a", "");
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                FolderTree tree = open()) {
            socket.bind(UnixDomainSocketAddress.of(folder.resolve("s")));
            assertThat(tree.list(List.of())).containsExactly("d");
            assertThat(tree.content("d", 10)).isEmpty();
            assertThat(tree.open("nothing")).isEmpty();
        }
    }

    @Test
    void aDocumentBesideTheFolderIsFoundByItsNameAndBelongsToNoStep() throws IOException {
        try (FolderTree tree =
                FolderTree.open(folder, Map.of("Dockerfile", "FROM x".getBytes(StandardCharsets.UTF_8)), digests)) {
            assertThat(tree.content("Dockerfile", 10).orElseThrow()).asString().isEqualTo("FROM x");
            assertThat(tree.list(List.of())).isEmpty();
        }
    }

    @Test
    void digestsAreFoundAgainUntilTheFileIsAnotherOrTheyAreDamaged() throws IOException {
        file("a", "one");
        FileStatus.Identity identity = identity("a");
        byte[] digest = Digest.Algorithm.SHA256.hasher().digest();
        try (FileDigests.OfFolder kept = digests.of(identity)) {
            kept.put(identity, digest);
        }
        try (FileDigests.OfFolder kept = digests.of(identity)) {
            assertThat(kept.find(identity))
                    .hasValueSatisfying(found -> assertThat(found).isEqualTo(digest));
            assertThat(kept.find(identity("."))).isEmpty();
        }
        Path only = dir.resolve("digests").resolve(digests.list().getFirst().id() + ".digests");
        byte[] content = Files.readAllBytes(only);
        content[content.length / 2] ^= 1;
        Files.write(only, content);
        try (FileDigests.OfFolder kept = digests.of(identity)) {
            assertThat(kept.find(identity)).isEmpty();
        }
        assertThat(digests.list().getFirst().bytes()).isEqualTo(content.length);
        assertThat(digests.remove(digests.list().getFirst().id())).isTrue();
        assertThat(digests.list()).isEmpty();
    }

    @Test
    void whatWasHashedBeforeIsNotReadAgain() throws IOException {
        file("a", "one");
        byte[] other = Digest.Algorithm.SHA256.hasher().digest(new byte[] {1});
        try (FileDigests.OfFolder kept = digests.of(identity("."))) {
            kept.put(identity("a"), other); // not the file's own: only one that is looked up can be it
        }
        try (FolderTree tree = open()) {
            var hasher = Digest.Algorithm.SHA256.hasher();
            tree.digest(List.of("a"), hasher);
            assertThat(hasher.digest())
                    .isEqualTo(Digest.Algorithm.SHA256.hasher().digest(other));
        }
    }
}
