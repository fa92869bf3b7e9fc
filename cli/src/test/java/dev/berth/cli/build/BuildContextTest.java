package dev.berth.cli.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.linux.file.Directory;
import dev.berth.linux.file.FileName;
import dev.berth.linux.file.FileStatus;
import dev.berth.linux.file.Open;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BuildContextTest {
    @TempDir
    Path dir;

    private Path file(String name, String content) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.resolveSibling("."));
        return Files.writeString(file, content);
    }

    private static InputStream input(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] sent(BuildContext context) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        context.body().writeTo(bytes);
        return bytes.toByteArray();
    }

    /** An entry, and a file's content. */
    private record Entry(TarArchiveEntry head, String content) {}

    private static List<Entry> entries(byte[] tar) throws IOException {
        List<Entry> entries = new ArrayList<>();
        TarArchiveInputStream in = new TarArchiveInputStream(new ByteArrayInputStream(tar), "UTF-8");
        for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
            entries.add(new Entry(entry, new String(in.readAllBytes(), StandardCharsets.UTF_8)));
        }
        return entries;
    }

    private static List<String> names(byte[] tar) throws IOException {
        return entries(tar).stream().map(entry -> entry.head().getName()).toList();
    }

    private BuildContext context(String file) throws IOException {
        return BuildContext.of(dir.toString(), Optional.of(file).filter(name -> !name.isEmpty()), input(""));
    }

    @Test
    void filesComeByTheirNamesAsRootsWithTheirModesAndLinks() throws Exception {
        file("ctx/b", "B");
        file("ctx/a/x", "X");
        Files.setPosixFilePermissions(file("ctx/run", "#!"), PosixFilePermissions.fromString("rwxr-x---"));
        Files.createSymbolicLink(dir.resolve("ctx/link"), Path.of("../outside"));
        Files.createLink(dir.resolve("ctx/z"), dir.resolve("ctx/b"));
        file("ctx/Dockerfile", "FROM scratch");
        Files.setLastModifiedTime(dir.resolve("ctx/b"), FileTime.fromMillis(1_234_567_890_123L));
        try (Directory inside = Directory.open(dir.resolve("ctx"));
                ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                        .bind(UnixDomainSocketAddress.of(dir.resolve("ctx/socket")))) {
            inside.makeNode("fifo", FileStatus.FIFO | 0600, 0, 0);
            assertThat(socket.isOpen()).isTrue();
        }
        BuildContext context = BuildContext.of(dir.resolve("ctx").toString(), Optional.empty(), input(""));
        assertThat(context.dockerfile()).isEqualTo("Dockerfile");
        List<Entry> entries = entries(sent(context));
        assertThat(entries.stream().map(entry -> entry.head().getName()))
                .containsExactly("Dockerfile", "a/", "a/x", "b", "fifo", "link", "run", "z");
        assertThat(entries).allSatisfy(entry -> {
            assertThat(entry.head().getLongUserId()).isZero();
            assertThat(entry.head().getLongGroupId()).isZero();
            assertThat(entry.head().getUserName()).isEmpty();
        });
        assertThat(entries.get(2).content()).isEqualTo("X");
        assertThat(entries.get(3).head().getLastModifiedTime().toMillis()).isEqualTo(1_234_567_890_000L);
        assertThat(entries.get(4).head().isFIFO()).isTrue();
        assertThat(entries.get(5).head().getLinkName()).isEqualTo("../outside");
        assertThat(entries.get(6).head().getMode()).isEqualTo(0750);
        assertThat(entries.get(7).head().isLink()).isTrue();
        assertThat(entries.get(7).head().getLinkName()).isEqualTo("b");
    }

    @Test
    void namesThatAreNoTextAndLongOnesArriveAsTheyAre() throws Exception {
        String foreign = FileName.decode(new byte[] {'n', (byte) 0xff, 'm'});
        String umlauts = "ü".repeat(110);
        file("Dockerfile", "");
        try (Directory inside = Directory.open(dir)) {
            inside.openFile(foreign, Open.CREATE | Open.WRITE, 0644).close();
            inside.makeSymlink(umlauts + "/" + umlauts, "to");
            inside.makeDirectory(umlauts, 0755);
            try (Directory below = inside.openDirectory(umlauts)) {
                below.openFile(umlauts, Open.CREATE | Open.WRITE, 0644).close();
            }
        }
        byte[] tar = sent(context(""));
        List<Entry> entries = entries(tar);
        assertThat(names(tar)).hasSize(5).endsWith("to", umlauts + "/", umlauts + "/" + umlauts);
        assertThat(entries.get(2).head().getLinkName()).isEqualTo(umlauts + "/" + umlauts);
        assertThat(new String(tar, StandardCharsets.ISO_8859_1)).contains("\0n\u00ffm\0");
    }

    @Test
    void theSameTreeIsTheSameStream() throws Exception {
        for (String each : List.of("one", "two")) {
            for (String name : each.equals("one") ? List.of("b", "a", "c/d") : List.of("c/d", "a", "b")) {
                file(each + "/" + name, name);
            }
            file(each + "/Dockerfile", "FROM scratch");
            try (Stream<Path> all = Files.walk(dir.resolve(each))) {
                for (Path path : (Iterable<Path>) all::iterator) {
                    Files.setLastModifiedTime(path, FileTime.fromMillis(5000));
                }
            }
        }
        byte[] one = sent(BuildContext.of(dir.resolve("one").toString(), Optional.empty(), input("")));
        byte[] two = sent(BuildContext.of(dir.resolve("two").toString(), Optional.empty(), input("")));
        assertThat(two).isEqualTo(one);
    }

    @Test
    void whatIsIgnoredStaysButForTheDockerfileAndTheIgnoreFile() throws Exception {
        file("build/Dockerfile", "FROM scratch");
        file("build/other", "");
        file("keep/deep/yes", "");
        file("keep/deep/no", "");
        file("keep/no", "");
        file("gone/no", "");
        file(".dockerignore", "*\n!keep/deep/yes\n");
        BuildContext context = context(dir.resolve("build/Dockerfile").toString());
        assertThat(context.dockerfile()).isEqualTo("build/Dockerfile");
        assertThat(names(sent(context)))
                .containsExactly(".dockerignore", "build/", "build/Dockerfile", "keep/", "keep/deep/", "keep/deep/yes");
    }

    @Test
    void aDockerfilesOwnIgnoreFileCountsInPlaceOfTheContexts() throws Exception {
        file("Dockerfile", "FROM scratch");
        file("web.Dockerfile", "FROM scratch");
        file("web.Dockerfile.dockerignore", "a\n");
        file(".dockerignore", "b\n");
        file("a", "");
        file("b", "");
        String web = dir.resolve("web.Dockerfile").toString();
        assertThat(names(sent(context(web))))
                .containsExactly(".dockerignore", "Dockerfile", "b", "web.Dockerfile", "web.Dockerfile.dockerignore");
        assertThat(names(sent(context("")))).contains("a").doesNotContain("b");
    }

    @Test
    void aDockerfileThatIsNotInTheContextIsSentBesideItAndIgnored() throws Exception {
        file("ctx/a", "");
        file("ctx/no", "");
        file("ctx/.dockerignore", "no");
        file("Other file", "FROM outside");
        BuildContext context = BuildContext.of(
                dir.resolve("ctx").toString(),
                Optional.of(dir.resolve("Other file").toString()),
                input(""));
        assertThat(context.dockerfile()).isEqualTo(".Other_file");
        List<Entry> entries = entries(sent(context));
        assertThat(entries.stream().map(entry -> entry.head().getName()))
                .containsExactly(".Other_file", ".Other_file.dockerignore", ".dockerignore", "a");
        assertThat(entries.getFirst().content()).isEqualTo("FROM outside");
        assertThat(entries.get(1).content()).isEqualTo("no\n.Other_file\n.Other_file.dockerignore\n");

        BuildContext fromInput = BuildContext.of(dir.resolve("ctx").toString(), Optional.of("-"), input("FROM input"));
        assertThat(fromInput.dockerfile()).isEqualTo(".stdin");
        assertThat(entries(sent(fromInput)).getFirst().content()).isEqualTo("FROM input");

        file("ctx/.stdin", "mine");
        assertThat(BuildContext.of(dir.resolve("ctx").toString(), Optional.of("-"), input(""))
                        .dockerfile())
                .isEqualTo(".stdin_");
    }

    @Test
    void aLinkIsFollowedToTheDockerfileAndNotInTheContext() throws Exception {
        file("real", "FROM real");
        Files.createDirectories(dir.resolve("ctx"));
        Files.createSymbolicLink(dir.resolve("ctx/Dockerfile"), Path.of("../real"));
        Files.createSymbolicLink(dir.resolve("there"), Path.of("ctx"));
        BuildContext context = BuildContext.of(dir.resolve("there").toString(), Optional.empty(), input(""));
        List<Entry> entries = entries(sent(context));
        assertThat(entries.getFirst().content()).isEqualTo("FROM real");
        assertThat(entries.getLast().head().isSymbolicLink()).isTrue();
        assertThat(Files.isSymbolicLink(dir.resolve("ctx/Dockerfile"))).isTrue();
        assertThat(Files.exists(dir.resolve("ctx").resolve(context.dockerfile()), LinkOption.NOFOLLOW_LINKS))
                .isFalse();
    }

    @Test
    void smallLettersWillDo() throws Exception {
        file("dockerfile", "FROM scratch");
        assertThat(context("").dockerfile()).isEqualTo("dockerfile");
    }

    @Test
    void standardInputIsAnArchiveOrADockerfile() throws Exception {
        BuildContext alone = BuildContext.of("-", Optional.empty(), input("FROM scratch\n" + "# long\n".repeat(200)));
        assertThat(entries(sent(alone)).getFirst().head().getName()).isEqualTo("Dockerfile");
        assertThat(entries(sent(alone)).getFirst().content()).startsWith("FROM scratch\n# long");
        assertThat(alone.dockerfile()).isEmpty();

        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        try (TarArchiveOutputStream out = new TarArchiveOutputStream(tar)) {
            out.putArchiveEntry(new TarArchiveEntry("x"));
            out.closeArchiveEntry();
        }
        BuildContext archive =
                BuildContext.of("-", Optional.of("sub/file"), new ByteArrayInputStream(tar.toByteArray()));
        assertThat(archive.dockerfile()).isEqualTo("sub/file");
        assertThat(sent(archive)).isEqualTo(tar.toByteArray());

        byte[] gzip = {0x1f, (byte) 0x8b, 8, 0};
        assertThat(sent(BuildContext.of("-", Optional.empty(), new ByteArrayInputStream(gzip))))
                .isEqualTo(gzip);

        assertThatThrownBy(() -> BuildContext.of("-", Optional.of("-"), input("")))
                .hasMessage("invalid argument: can't use stdin for both build context and dockerfile");
        assertThatThrownBy(() -> BuildContext.of("-", Optional.of("x"), input("FROM scratch")))
                .hasMessage("ambiguous Dockerfile source: both stdin and flag correspond to Dockerfiles");
    }

    @Test
    void anAddressIsForTheDaemonToFetch() throws Exception {
        BuildContext context = BuildContext.of("https://example.org/a.tar.gz", Optional.of("sub/file"), input(""));
        assertThat(context.remote()).contains("https://example.org/a.tar.gz");
        assertThat(context.dockerfile()).isEqualTo("sub/file");
        assertThat(sent(context)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "git://example.org/x",
                "git@example.org:x",
                "https://example.org/x.git#main:sub",
                "github.com/a/b",
                "ssh://git@example.org/x"
            })
    void aRepositoryIsForTheDaemonToFetch(String word) throws Exception {
        BuildContext context = BuildContext.of(word, Optional.of("sub/file"), input(""));
        assertThat(context.remote()).contains(word);
        assertThat(sent(context)).isEmpty();
    }

    @Test
    void whatIsNotThereIsSaid() throws Exception {
        Path plain = file("plain", "");
        assertThatThrownBy(() -> BuildContext.of(dir + "/none", Optional.empty(), input("")))
                .hasMessage("unable to prepare context: path \"" + dir + "/none\" not found");
        assertThatThrownBy(() -> BuildContext.of(plain.toString(), Optional.empty(), input("")))
                .hasMessage("unable to prepare context: context must be a directory: " + plain);
        assertThatThrownBy(() -> context(""))
                .hasMessage("unable to prepare context: unable to evaluate symlinks in Dockerfile path: lstat "
                        + dir.toRealPath() + "/Dockerfile: no such file or directory");
        file("Dockerfile", "");
        file(".dockerignore", "[a-");
        assertThatThrownBy(() -> context("")).hasMessageStartingWith("error checking context: " + dir.toRealPath());
    }
}
