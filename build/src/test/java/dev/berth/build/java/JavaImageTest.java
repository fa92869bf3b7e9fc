package dev.berth.build.java;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.image.oci.ContainerConfig;
import dev.berth.image.oci.ImageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaImageTest {
    private static final int TRIES = 12;

    @TempDir
    Path dir;

    @Test
    void aJarWithLibrariesBesideItBecomesFourLayers() throws Exception {
        Path jar = shop(dir.resolve("a"), new Random(1));
        Made made = Made.of(dir, JavaSource.of(jar), JavaImageOptions.DEFAULT);
        assertThat(made.parts()).containsExactly("dependencies", "snapshot-dependencies", "resources", "classes");
        assertThat(made.files(0)).containsExactly("app/libs/money.jar");
        assertThat(made.files(1)).containsExactly("app/libs/stock-2-SNAPSHOT.jar");
        assertThat(made.files(2))
                .containsExactly("app/resources/META-INF/MANIFEST.MF", "app/resources/texts/größe.txt");
        assertThat(made.files(3)).containsExactly("app/classes/com/acme/shop/Main.class");
        assertThat(made.entrypoint())
                .containsExactly(
                        "java",
                        "--add-opens=java.base/java.lang=ALL-UNNAMED",
                        "-cp",
                        "/app/resources:/app/classes:/app/libs/stock-2-SNAPSHOT.jar:/app/libs/money.jar",
                        "com.acme.shop.Main");
    }

    @Test
    void anImageHangsOnItsContentAloneAndNotOnOrderTimeOrPlace() throws Exception {
        Set<String> digests = new HashSet<>();
        Random chance = new Random(42);
        for (int i = 0; i < TRIES; i++) {
            Path jar = shop(dir.resolve("place" + i), chance);
            Files.setLastModifiedTime(jar, FileTime.fromMillis(Math.abs(chance.nextLong() % 1_000_000_000_000L)));
            JavaImageOptions options = options(labels(chance));
            digests.add(Made.of(dir, JavaSource.of(jar), options)
                    .result()
                    .manifest()
                    .raw()
                    .digest()
                    .toString());
        }
        assertThat(digests).hasSize(1);
    }

    @Test
    void anotherContentIsAnotherImageAndChangesItsOwnLayerAlone() throws Exception {
        Path one = shop(dir.resolve("one"), new Random(1));
        Map<String, byte[]> files = Jars.with(shopFiles(), "texts/größe.txt", "other");
        Path two = dir.resolve("two/shop.jar");
        Jars.write(two, Jars.jar(files, new Random(2)));
        libraries(two, new Random(3));
        List<?> ones = Made.of(dir, JavaSource.of(one), JavaImageOptions.DEFAULT)
                .result()
                .config()
                .diffIds();
        List<?> twos = Made.of(dir, JavaSource.of(two), JavaImageOptions.DEFAULT)
                .result()
                .config()
                .diffIds();
        assertThat(twos.get(0)).isEqualTo(ones.get(0));
        assertThat(twos.get(1)).isEqualTo(ones.get(1));
        assertThat(twos.get(2)).isNotEqualTo(ones.get(2));
        assertThat(twos.get(3)).isEqualTo(ones.get(3));
    }

    @Test
    void everyFileIsRootsReadableByAllAndOfOneTime() throws Exception {
        Path jar = shop(dir.resolve("a"), new Random(1));
        assertEntries(Made.of(dir, JavaSource.of(jar), JavaImageOptions.DEFAULT), Instant.ofEpochSecond(1));
        Instant source = Instant.parse("2026-03-04T05:06:07Z");
        Made dated = Made.of(dir, JavaSource.of(jar), options(Map.of(), Optional.of(source)));
        assertEntries(dated, source);
        assertThat(dated.result().config().created()).contains(source);
    }

    private static void assertEntries(Made made, Instant time) {
        for (Map<String, TarArchiveEntry> layer : made.layers()) {
            assertThat(List.copyOf(layer.keySet())).isSorted().first().isEqualTo("app/");
            for (TarArchiveEntry entry : layer.values()) {
                assertThat(entry.getMode() & 07777).isEqualTo(entry.isDirectory() ? 0755 : 0644);
                assertThat(entry.getLongUserId()).isZero();
                assertThat(entry.getLongGroupId()).isZero();
                assertThat(entry.getLastModifiedTime().toInstant()).isEqualTo(time);
            }
        }
    }

    @Test
    void optionsAreWhatContainersStartWith() throws Exception {
        Path jar = shop(dir.resolve("a"), new Random(1));
        JavaImageOptions options = new JavaImageOptions(
                Optional.of("com.acme.shop.Main"),
                List.of("-Xmx64m", "-Da=b c"),
                List.of("serve", "--fast"),
                List.of("A=1", "B=x=y"),
                Map.of("team", "shop"),
                List.of("8080", "53/udp"),
                "1000:1000",
                "/work",
                Optional.empty(),
                Optional.empty());
        ContainerConfig config =
                Made.of(dir, JavaSource.of(jar), options).result().config().config();
        assertThat(config.entrypoint()).containsSubsequence("java", "-Xmx64m", "-Da=b c", "-cp", "com.acme.shop.Main");
        assertThat(config.cmd()).containsExactly("serve", "--fast");
        assertThat(config.env()).containsExactly("A=1", "B=x=y");
        assertThat(config.labels()).isEqualTo(Map.of("team", "shop"));
        assertThat(config.exposedPorts()).containsExactly("53/udp", "8080/tcp");
        assertThat(config.user()).isEqualTo("1000:1000");
        assertThat(config.workingDir()).isEqualTo("/work");
    }

    @Test
    void malformedOptionsAreRefusedByName() throws Exception {
        Path jar = shop(dir.resolve("a"), new Random(1));
        assertRefused(jar, List.of("Evil"), List.of(), List.of(), "", "the JVM flag \"Evil\"");
        assertRefused(jar, List.of(), List.of("=1"), List.of(), "", "\"=1\" is not NAME=value");
        assertRefused(jar, List.of(), List.of(), List.of("70000"), "", "\"70000\" is not a port");
        assertRefused(jar, List.of(), List.of(), List.of("80/icmp"), "", "\"80/icmp\" is not a port");
        assertRefused(jar, List.of(), List.of(), List.of(), "work", "\"work\" is not an absolute path");
    }

    private void assertRefused(
            Path jar, List<String> flags, List<String> env, List<String> ports, String workingDir, String words) {
        JavaImageOptions options = new JavaImageOptions(
                Optional.empty(),
                flags,
                List.of(),
                env,
                Map.of(),
                ports,
                "",
                workingDir,
                Optional.empty(),
                Optional.empty());
        assertThatThrownBy(() -> Made.of(dir, JavaSource.of(jar), options))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(words);
    }

    @Test
    void theClassesOfAShadedJarThatAreNotOfTheMainClassesPackagesAreDependencies() throws Exception {
        Map<String, byte[]> files = new LinkedHashMap<>(Jars.greeter(dir, "com.acme.shop.Main"));
        files.putAll(Jars.greeter(dir, "com.acme.util.Own"));
        files.putAll(Jars.greeter(dir, "org.other.Library"));
        files.putAll(Jars.greeter(dir, "InNoPackage"));
        Path jar = jar(
                "shaded.jar",
                Jars.with(files, "META-INF/MANIFEST.MF", Jars.manifest("Main-Class: com.acme.shop.Main")));
        Made made = Made.of(dir, JavaSource.of(jar), JavaImageOptions.DEFAULT);
        assertThat(made.parts()).containsExactly("dependencies", "resources", "classes");
        assertThat(made.files(0)).containsExactly("app/classes/org/other/Library.class");
        assertThat(made.files(2))
                .containsExactly(
                        "app/classes/InNoPackage.class",
                        "app/classes/com/acme/shop/Main.class",
                        "app/classes/com/acme/util/Own.class");
    }

    @Test
    void aJarForSeveralVersionsOfJavaStaysOne() throws Exception {
        Map<String, byte[]> files = Jars.greeter(dir, "com.acme.Main");
        files.put("META-INF/versions/21/com/acme/Main.class", files.get("com/acme/Main.class"));
        Path jar = jar(
                "versions.jar",
                Jars.with(
                        files,
                        "META-INF/MANIFEST.MF",
                        Jars.manifest("Main-Class: com.acme.Main", "Multi-Release: true")));
        Made made = Made.of(dir, JavaSource.of(jar), JavaImageOptions.DEFAULT);
        assertThat(made.parts()).containsExactly("classes");
        assertThat(made.files(0)).containsExactly("app/libs/application.jar");
        assertThat(made.entrypoint()).containsExactly("java", "-cp", "/app/libs/application.jar", "com.acme.Main");
    }

    @Test
    void aSpringBootJarIsTakenApartWithoutItsLoader() throws Exception {
        Path jar = jar("boot.jar", bootFiles());
        Made made = Made.of(dir, JavaSource.of(jar), JavaImageOptions.DEFAULT);
        assertThat(made.parts()).containsExactly("dependencies", "snapshot-dependencies", "resources", "classes");
        assertThat(made.files(0)).containsExactly("app/libs/a.jar", "app/libs/b.jar");
        assertThat(made.files(1)).containsExactly("app/libs/c-SNAPSHOT.jar");
        assertThat(made.files(2))
                .containsExactly("app/resources/META-INF/MANIFEST.MF", "app/resources/application.properties");
        assertThat(made.files(3)).containsExactly("app/classes/com/acme/Boot.class");
        assertThat(made.entrypoint())
                .endsWith(
                        "/app/resources:/app/classes:/app/libs/b.jar:/app/libs/a.jar:/app/libs/c-SNAPSHOT.jar",
                        "com.acme.Boot");
    }

    @Test
    void aSpringBootJarsOwnLayersAreTheImages() throws Exception {
        Map<String, byte[]> files = Jars.with(bootFiles(), "BOOT-INF/layers.idx", """
                - "outside":
                  - "BOOT-INF/lib/a.jar"
                  - "BOOT-INF/lib/c-SNAPSHOT.jar"
                - "spring-boot-loader":
                  - "org/"
                - "company":
                  - "BOOT-INF/lib/"
                - "application":
                  - "BOOT-INF/classes/"
                  - "META-INF/"
                """);
        Made made = Made.of(dir, JavaSource.of(jar("boot.jar", files)), JavaImageOptions.DEFAULT);
        assertThat(made.parts()).containsExactly("outside", "company", "application");
        assertThat(made.files(0)).containsExactly("app/libs/a.jar", "app/libs/c-SNAPSHOT.jar");
        assertThat(made.files(1)).containsExactly("app/libs/b.jar");
        assertThat(made.files(2)).contains("app/classes/com/acme/Boot.class", "app/resources/application.properties");
    }

    @Test
    void aFolderOfClassesGoesWithTheJarsThatAreGivenBesideIt() throws Exception {
        Path folder = dir.resolve("classes");
        for (Map.Entry<String, byte[]> file : Jars.greeter(dir, "com.acme.Only").entrySet()) {
            Jars.write(folder.resolve(file.getKey()), file.getValue());
        }
        Jars.write(folder.resolve("logo.txt"), "logo".getBytes(UTF_8));
        Path library = jar("money.jar", Jars.greeter(dir, "org.money.Money"));
        JavaSource source = JavaSource.of(folder).withLibraries(List.of(library));
        Made made = Made.of(dir, source, JavaImageOptions.DEFAULT);
        assertThat(made.parts()).containsExactly("dependencies", "resources", "classes");
        assertThat(made.entrypoint())
                .containsExactly("java", "-cp", "/app/resources:/app/classes:/app/libs/money.jar", "com.acme.Only");
    }

    @Test
    void librariesOfOneNameLieApart() throws Exception {
        Path one = Jars.write(dir.resolve("x/same.jar"), Jars.jar(Jars.greeter(dir, "a.A")));
        Path two = Jars.write(dir.resolve("y/same.jar"), Jars.jar(Jars.greeter(dir, "b.B")));
        Path jar = jar("app.jar", withMain("com.acme.Main"));
        Made made = Made.of(dir, JavaSource.of(jar).withLibraries(List.of(one, two)), JavaImageOptions.DEFAULT);
        assertThat(made.files(0)).containsExactly("app/libs/2/same.jar", "app/libs/same.jar");
        assertThat(made.entrypoint()).contains("/app/resources:/app/classes:/app/libs/same.jar:/app/libs/2/same.jar");
    }

    @Test
    void librariesOfLibrariesAreFollowedAndWhatTheyMissIsPassedOver() throws Exception {
        Path jar = dir.resolve("t/app.jar");
        Jars.write(
                jar,
                Jars.jar(Jars.with(
                        Jars.greeter(dir, "com.acme.Main"),
                        "META-INF/MANIFEST.MF",
                        Jars.manifest("Main-Class: com.acme.Main", "Class-Path: lib/a.jar"))));
        Jars.write(
                dir.resolve("t/lib/a.jar"),
                Jars.jar(Jars.with(
                        Map.of(), "META-INF/MANIFEST.MF", Jars.manifest("Class-Path: missing.jar b%20c.jar a.jar"))));
        Jars.write(dir.resolve("t/lib/b c.jar"), Jars.jar(Jars.greeter(dir, "b.B")));
        Made made = Made.of(dir, JavaSource.of(jar), JavaImageOptions.DEFAULT);
        assertThat(made.files(0)).containsExactly("app/libs/a.jar", "app/libs/b c.jar");
    }

    private static JavaImageOptions options(Map<String, String> labels) {
        return options(labels, Optional.empty());
    }

    private static JavaImageOptions options(Map<String, String> labels, Optional<Instant> sourceDate) {
        return new JavaImageOptions(
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(),
                labels,
                List.of(),
                "",
                "",
                Optional.empty(),
                sourceDate);
    }

    private static Map<String, String> labels(Random chance) {
        List<String> names = new ArrayList<>(List.of("a", "b", "c", "d", "e", "f"));
        java.util.Collections.shuffle(names, chance);
        Map<String, String> labels = new LinkedHashMap<>();
        names.forEach(name -> labels.put(name, name));
        return labels;
    }

    private Path jar(String name, Map<String, byte[]> files) throws IOException {
        return Jars.write(dir.resolve(name), Jars.jar(files));
    }

    private Map<String, byte[]> withMain(String mainClass) {
        return Jars.with(
                Jars.greeter(dir, mainClass), "META-INF/MANIFEST.MF", Jars.manifest("Main-Class: " + mainClass));
    }

    private Map<String, byte[]> shopFiles() {
        Map<String, byte[]> files = Jars.with(
                Jars.greeter(dir, "com.acme.shop.Main"),
                "META-INF/MANIFEST.MF",
                Jars.manifest(
                        "Main-Class: com.acme.shop.Main",
                        "Class-Path: lib/stock-2-SNAPSHOT.jar lib/money.jar",
                        "Add-Opens: java.base/java.lang"));
        return Jars.with(files, "texts/größe.txt", "one");
    }

    private Path shop(Path folder, Random chance) throws IOException {
        Path jar = folder.resolve("shop.jar");
        Jars.write(jar, Jars.jar(shopFiles(), chance));
        libraries(jar, chance);
        return jar;
    }

    /** The libraries are the same files each time: a jar in the image is as it came. */
    private void libraries(Path jar, Random chance) throws IOException {
        Jars.write(jar.resolveSibling("lib/money.jar"), Jars.jar(Jars.greeter(dir, "org.money.Money")));
        Path stock = jar.resolveSibling("lib/stock-2-SNAPSHOT.jar");
        Jars.write(stock, Jars.jar(Jars.greeter(dir, "org.stock.Stock")));
        Files.setLastModifiedTime(stock, FileTime.fromMillis(chance.nextInt(1_000_000)));
    }

    private Map<String, byte[]> bootFiles() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        Jars.greeter(dir, "com.acme.Boot").forEach((name, bytes) -> files.put("BOOT-INF/classes/" + name, bytes));
        Jars.greeter(dir, "org.springframework.boot.loader.launch.JarLauncher").forEach(files::put);
        files.put("BOOT-INF/lib/a.jar", Jars.jar(Jars.greeter(dir, "a.A")));
        files.put("BOOT-INF/lib/b.jar", Jars.jar(Jars.greeter(dir, "b.B")));
        files.put("BOOT-INF/lib/c-SNAPSHOT.jar", Jars.jar(Jars.greeter(dir, "c.C")));
        files.put("BOOT-INF/classes/application.properties", "a=b".getBytes(UTF_8));
        files.put("META-INF/services/java.nio.file.spi.FileSystemProvider", "org.springframework.X".getBytes(UTF_8));
        files.put("BOOT-INF/classpath.idx", "- \"BOOT-INF/lib/b.jar\"\n- \"BOOT-INF/lib/a.jar\"\n".getBytes(UTF_8));
        return Jars.with(
                files,
                "META-INF/MANIFEST.MF",
                Jars.manifest(
                        "Main-Class: org.springframework.boot.loader.launch.JarLauncher",
                        "Start-Class: com.acme.Boot",
                        "Spring-Boot-Classes: BOOT-INF/classes/",
                        "Spring-Boot-Lib: BOOT-INF/lib/",
                        "Spring-Boot-Classpath-Index: BOOT-INF/classpath.idx"));
    }
}
