package dev.berth.build.java;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.image.oci.ImageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jars of people who mean no good, or know no better: one sentence, and nothing left ({@link Made} looks). */
class HostileJarTest {
    @TempDir
    Path dir;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../etc/passwd",
                "/etc/passwd",
                "a/../../b",
                "a//b",
                "./a",
                "com/acme/.wh.Main.class",
                ".wh..wh..opq",
            })
    void namesThatLeadOutOrMeanSomethingElseInALayerAreRefused(String name) throws Exception {
        assertRefused(jar(Jars.with(withMain(), name, "x")), "has a file with a name that is refused, \"" + name);
    }

    @Test
    void aNameThatIsBothAFileAndAFolderIsRefused() throws Exception {
        assertRefused(jar(Jars.with(Jars.with(withMain(), "a", "x"), "a/b", "y")), "a is a file, and not a directory");
    }

    @Test
    void aNameThatNoFileSystemTakesIsRefused() throws Exception {
        assertRefused(jar(Jars.with(withMain(), "x".repeat(300), "x")), "too long for a file system");
    }

    @Test
    void whatIsNoZipIsNoJar() throws Exception {
        assertRefused(file("not a zip at all".getBytes(UTF_8)), "app.jar is not a jar");
        assertRefused(file(new byte[0]), "app.jar is not a jar");
        byte[] whole = Jars.jar(withMain());
        assertRefused(file(Arrays.copyOf(whole, whole.length - 40)), "app.jar is not a jar");
    }

    @Test
    void aFileThatIsNotThereIsSaidToBeMissing() {
        assertRefused(dir.resolve("none.jar"), "none.jar: no such file or directory");
    }

    @Test
    void aDamagedManifestIsSaidToBeDamaged() throws Exception {
        assertRefused(
                jar(Jars.with(withMain(), "META-INF/MANIFEST.MF", "no colon here\n")),
                "the manifest of app.jar is damaged");
        assertRefused(
                jar(Jars.with(withMain(), "META-INF/MANIFEST.MF", "A: " + "x".repeat(2 << 20))),
                "at most 1048576 are read");
    }

    @Test
    void withoutAMainClassTheErrorSaysWhichThereAre() throws Exception {
        assertRefused(jar(Map.of("a.txt", new byte[1])), "no class of it has a method \"public static void main");
        Map<String, byte[]> two = new LinkedHashMap<>(Jars.greeter(dir, "a.One"));
        two.putAll(Jars.greeter(dir, "a.Two"));
        assertRefused(jar(two), "several of its classes could be: a.One, a.Two. Name it with --main-class");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-version", "@/etc/passwd", "com/acme/Main", "com..acme", "a b"})
    void aMainClassThatJavaCouldTakeForSomethingElseIsRefused(String name) throws Exception {
        assertRefused(
                jar(Jars.with(
                        Jars.greeter(dir, "com.acme.Main"),
                        "META-INF/MANIFEST.MF",
                        Jars.manifest("Main-Class: " + name))),
                "\"" + name + "\", is no name of a class");
    }

    @Test
    void aMainClassThatIsNotThereIsSaidToBeMissing() throws Exception {
        assertRefused(
                jar(Jars.with(Map.of(), "META-INF/MANIFEST.MF", Jars.manifest("Main-Class: com.acme.Gone"))),
                "the main class com.acme.Gone is neither in the application nor in its libraries");
    }

    @Test
    void aClassPathThatLeadsOutOfWhatWasSentIsRefused() throws Exception {
        Jars.write(dir.resolve("secret.jar"), Jars.jar(Map.of("a", new byte[1])));
        Path jar = Jars.write(
                dir.resolve("upload/app.jar"),
                Jars.jar(Jars.with(
                        Jars.greeter(dir, "com.acme.Main"),
                        "META-INF/MANIFEST.MF",
                        Jars.manifest("Main-Class: com.acme.Main", "Class-Path: ../secret.jar"))));
        JavaSource source = new JavaSource(jar, List.of(), Optional.of(dir.resolve("upload")));
        assertThatThrownBy(() -> Made.of(dir, source, JavaImageOptions.DEFAULT))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("\"../secret.jar\" in its Class-Path, which leads out of what was sent");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://example.com/a.jar", "missing.jar", "%zz", "folder/"})
    void aClassPathThatLeadsNowhereIsRefused(String entry) throws Exception {
        Files.createDirectories(dir.resolve("folder"));
        assertRefused(
                jar(Jars.with(
                        Jars.greeter(dir, "com.acme.Main"),
                        "META-INF/MANIFEST.MF",
                        Jars.manifest("Main-Class: com.acme.Main", "Class-Path: " + entry))),
                "in its Class-Path");
    }

    @Test
    void aWebApplicationIsRefusedByName() throws Exception {
        assertRefused(jar(Jars.with(withMain(), "WEB-INF/web.xml", "<x/>")), "is a web application");
    }

    @Test
    void anAgentThatOnlyAWholeJarWouldStartIsRefusedByName() throws Exception {
        assertRefused(
                jar(Jars.with(
                        Jars.greeter(dir, "com.acme.Main"),
                        "META-INF/MANIFEST.MF",
                        Jars.manifest("Main-Class: com.acme.Main", "Launcher-Agent-Class: com.acme.Main"))),
                "Launcher-Agent-Class");
    }

    @Test
    void aFileThatIsLongerThanItIsSaidToBeIsNotUnpackedToItsEnd() throws Exception {
        byte[] zeros = new byte[8 << 20];
        byte[] jar = Jars.jar(Map.of(
                "bomb.txt", zeros, "Main.class", Jars.greeter(dir, "Main").get("Main.class")));
        assertRefused(file(lieAboutSize(jar, zeros.length, 10)), "bomb.txt");
    }

    @Test
    void whatUnpacksToMoreThanIsTakenIsRefusedBeforeItIsUnpacked() throws Exception {
        byte[] one = new byte[1 << 20];
        byte[] jar = Jars.jar(Map.of("a.txt", one));
        Path file = file(lieAboutSize(jar, one.length, 0x7fff_ffff));
        JavaLimits small = new JavaLimits(10, 1 << 20, 1 << 20, 1 << 20, 1 << 20, 10);
        assertThatThrownBy(() -> JarContents.open(file, "app.jar", small))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("unpacks to more than the 1048576 bytes");
    }

    @Test
    void moreFilesThanAreTakenAreRefused() throws Exception {
        Path file = jar(Map.of("a", new byte[1], "b", new byte[1], "c", new byte[1]));
        JavaLimits small = new JavaLimits(2, 1 << 20, 1 << 20, 1 << 20, 1 << 20, 10);
        assertThatThrownBy(() -> JarContents.open(file, "app.jar", small))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("has 3 files; at most 2 are taken");
    }

    @Test
    void malformedIndexesOfSpringBootJarsAreRefused() throws Exception {
        Map<String, byte[]> boot = new LinkedHashMap<>();
        Jars.greeter(dir, "com.acme.Boot").forEach((name, bytes) -> boot.put("BOOT-INF/classes/" + name, bytes));
        Map<String, byte[]> files =
                Jars.with(boot, "META-INF/MANIFEST.MF", Jars.manifest("Start-Class: com.acme.Boot"));
        assertRefused(jar(Jars.with(files, "BOOT-INF/layers.idx", "  - \"a\"\n")), "neither a layer nor a path");
        assertRefused(jar(Jars.with(files, "BOOT-INF/layers.idx", "- \"a\":\n- \"a\":\n")), "of different names");
        assertRefused(jar(Jars.with(files, "BOOT-INF/layers.idx", "")), "does not list between 1 and");
        assertRefused(
                jar(Jars.with(files, "BOOT-INF/classpath.idx", "- \"BOOT-INF/lib/gone.jar\"\n")),
                "lists BOOT-INF/lib/gone.jar in its classpath.idx and has it not");
    }

    @Test
    void aJarWithDamagedBytesIsAnImageOrASentence() throws Exception {
        byte[] whole = Jars.jar(withMain());
        Random chance = new Random(7);
        for (int i = 0; i < 150; i++) {
            byte[] damaged = whole.clone();
            for (int n = chance.nextInt(8); n >= 0; n--) {
                damaged[chance.nextInt(damaged.length)] = (byte) chance.nextInt();
            }
            try {
                Made.of(dir, JavaSource.of(file(damaged)), JavaImageOptions.DEFAULT);
            } catch (ImageException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }

    private Map<String, byte[]> withMain() {
        return Jars.with(
                Jars.greeter(dir, "com.acme.Main"), "META-INF/MANIFEST.MF", Jars.manifest("Main-Class: com.acme.Main"));
    }

    private Path jar(Map<String, byte[]> files) throws IOException {
        return file(Jars.jar(files));
    }

    private Path file(byte[] bytes) throws IOException {
        return Jars.write(dir.resolve("app.jar"), bytes);
    }

    private void assertRefused(Path jar, String words) {
        assertThatThrownBy(() -> Made.of(dir, JavaSource.of(jar), JavaImageOptions.DEFAULT))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(words);
    }

    /** Has a zip's directory tell another size of an entry (APPNOTE.TXT, 4.3.12). */
    private static byte[] lieAboutSize(byte[] zip, int size, int lie) {
        byte[] changed = zip.clone();
        ByteBuffer bytes = ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN);
        int lies = 0;
        for (int at = 0; at < changed.length - 46; at++) {
            if (bytes.getInt(at) == 0x0201_4b50 && bytes.getInt(at + 24) == size) {
                bytes.putInt(at + 24, lie);
                lies++;
            }
        }
        assertThat(lies).isEqualTo(1);
        return changed;
    }
}
