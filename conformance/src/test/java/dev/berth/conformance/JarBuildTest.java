package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** {@code berth build --jar}: an application that is compiled here, made an image of by each of the ways, and run. */
@Needs({Need.ROOT, Need.SKOPEO})
@LeavesNothingBehind
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JarBuildTest {
    private static final String MAIN = """
            package com.acme;

            import java.util.List;

            public class Main {
                public static void main(String[] arguments) throws Exception {
                    System.out.println(org.money.Money.text(3) + " " + List.of(arguments) + " "
                            + System.getenv("GREETING") + " " + System.getProperty("flag") + " "
                            + System.getProperty("sun.jnu.encoding"));
                    System.out.println(new String(Main.class.getResourceAsStream("/größe.txt").readAllBytes()));
                    java.util.logging.Logger.getLogger("x").fine("a module beside java.base");
                }
            }
            """;
    private static final String MONEY =
            "package org.money; public class Money { public static String text(int n) { return n + \" coins\"; } }";

    private Path dir;

    private DaemonProcess daemon;
    private Path jar;

    @BeforeAll
    void compileAndStart(@TempDir Path temporary) throws Exception {
        dir = temporary;
        Map<String, byte[]> classes = compile();
        Map<String, byte[]> application = new TreeMap<>();
        application.put("com/acme/Main.class", bytesOf(classes, "com/acme/Main.class"));
        application.put("größe.txt", "from a resource".getBytes(StandardCharsets.UTF_8));
        application.put(
                "META-INF/MANIFEST.MF",
                "Manifest-Version: 1.0\r\nMain-Class: com.acme.Main\r\nClass-Path: lib/money.jar\r\n\r\n"
                        .getBytes(StandardCharsets.UTF_8));
        jar = write(dir.resolve("app/app.jar"), jar(application));
        write(
                dir.resolve("app/lib/money.jar"),
                jar(Map.of("org/money/Money.class", bytesOf(classes, "org/money/Money.class"))));
        daemon = DaemonProcess.start(dir.resolve("berth"));
    }

    @AfterAll
    void stop() {
        daemon.close();
    }

    /** Two runtimes are made here, the only ones of this class: each takes seconds. */
    @Test
    void anApplicationOnARuntimeOfItsOwnRunsAndIsTheSameImageWithoutADaemon() throws Exception {
        String[] options = {
            "--jar",
            jar.toString(),
            "-t",
            "shop",
            "-e",
            "GREETING=hello",
            "--jvm-flag",
            "-Dflag=on",
            "--arg",
            "a b",
            "-q"
        };
        String id = berth(with(options, "build")).succeeded().out().strip();
        assertThat(berth("run", "--rm", "--network", "none", "shop").succeeded().out())
                .isEqualTo("3 coins [a b] hello on UTF-8\nfrom a resource\n");
        assertThat(berth("build", "--jar", jar.toString(), "-t", "other")
                        .succeeded()
                        .out())
                .contains("Runtime of Java", ": as before\n", "Layer classes: 1 file\n", "Successfully tagged other");

        Path layout = dir.resolve("layout");
        Command made = berthFrom(script(), with(options, "build", "--output", "type=oci,tar=false,dest=" + layout));
        assertThat(made.succeeded().out().strip()).isEqualTo(id);
        String inspected = Command.run(Map.of(), "skopeo", "inspect", "--raw", "oci:" + layout + ":latest")
                .succeeded()
                .out();
        assertThat(inspected).contains(id);
        assertThat(Command.run(Map.of(), "skopeo", "inspect", "oci:" + layout + ":latest")
                        .succeeded()
                        .out())
                .contains("\"Os\": \"linux\"", "GREETING=hello");
        assertThat(left(dir)).containsExactlyInAnyOrder("app", "berth", "classes", "jar-image", "layout");
    }

    @Test
    void anApplicationIsPutOnAnotherImage() throws Exception {
        String id = berth("build", "--jar", jar.toString(), "--base", "hello-world", "-t", "on:base", "-q")
                .succeeded()
                .out()
                .strip();
        String again = berth("build", "--jar", jar.toString(), "--base", "hello-world", "-q")
                .succeeded()
                .out()
                .strip();
        assertThat(again).isEqualTo(id);
        assertThat(berth("history", "--format", "{{.Comment}}", "on:base")
                        .succeeded()
                        .out()
                        .lines())
                .startsWith("classes", "resources", "dependencies");
        assertThat(berth("image", "inspect", "--format", "{{json .Config.Entrypoint}}", "on:base")
                        .succeeded()
                        .out())
                .isEqualTo(
                        "[\"java\",\"-cp\",\"/app/resources:/app/classes:/app/libs/money.jar\",\"com.acme.Main\"]\n");
        berth("rmi", "on:base").succeeded();
    }

    @Test
    void whatCannotBeBuiltIsSaidInALineAndLeavesNothing() throws Exception {
        List<String> before = blobs();
        Path junk = write(dir.resolve("berth/junk.jar"), "junk".getBytes(StandardCharsets.UTF_8));
        assertThat(berth("build", "--jar", junk.toString(), "-t", "junk")
                        .exitedWith(1)
                        .err())
                .isEqualTo("Error response from daemon: junk.jar is not a jar: it does not end as a zip does\n");

        // The layer before this one is in the store when the damage is met.
        byte[] bytes = Files.readAllBytes(jar);
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("com/acme/Main.class") + 60;
        bytes[at] ^= 0x55;
        Path damaged = write(dir.resolve("berth/damaged.jar"), bytes);
        write(dir.resolve("berth/lib/money.jar"), Files.readAllBytes(jar.resolveSibling("lib/money.jar")));
        assertThat(berth("build", "--jar", damaged.toString(), "--base", "hello-world", "-t", "damaged")
                        .exitedWith(1)
                        .err())
                .contains("com/acme/Main.class is damaged");

        assertThat(berth("images", "-q", "damaged").succeeded().out()).isEmpty();
        assertThat(left(daemon.dataRoot().resolve("tmp"))).isEmpty();
        assertThat(blobs()).containsAll(before);
        assertThat(blobs().size() - before.size()).isLessThanOrEqualTo(HELLO_WORLD_BLOBS);
    }

    /** What the base may have brought, depending on which test is first: two platforms' are not taken. */
    private static final int HELLO_WORLD_BLOBS = 4;

    @Test
    void aClientThatLeavesEndsItsBuild() throws Exception {
        Process client = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.berth.cli.Main",
                        "--host",
                        daemon.host(),
                        "build",
                        "--jar",
                        jar.toString(),
                        "-t",
                        "left")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (var lines = client.inputReader()) {
            String line = lines.readLine();
            while (line != null && !line.startsWith("Runtime of Java")) {
                line = lines.readLine();
            }
            assertThat(line).isNotNull();
        } finally {
            client.destroyForcibly().waitFor();
        }
        Command.eventually(
                "the build to be gone",
                () -> left(daemon.dataRoot().resolve("tmp")).isEmpty());
        assertThat(berth("images", "-q", "left").succeeded().out()).isEmpty();
    }

    /** The program that needs no daemon, as ./berth would start it, but without any capability that root has. */
    private Path script() throws IOException {
        Path script = dir.resolve("jar-image");
        Files.writeString(script, """
                #!/bin/sh
                shift
                exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all \\
                  '%s' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -cp '%s' dev.berth.build.java.JarImageProgram "$@"
                """.formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"), System.getProperty("java.class.path")));
        assertThat(script.toFile().setExecutable(true)).isTrue();
        return script;
    }

    private Command berth(String... words) {
        return berthFrom(Path.of("/nonexistent"), words);
    }

    private Command berthFrom(Path script, String... words) {
        Map<String, String> environment =
                Map.of("DOCKER_HOST", daemon.host(), "HOME", dir.toString(), "BERTH_SCRIPT", script.toString());
        return Command.berth(environment, new byte[0], words);
    }

    private static String[] with(String[] options, String... first) {
        return Stream.concat(Stream.of(first), Stream.of(options)).toArray(String[]::new);
    }

    private List<String> blobs() throws IOException {
        return left(daemon.dataRoot().resolve("content/blobs/sha256"));
    }

    private static List<String> left(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, byte[]> compile() throws IOException {
        Path out = Files.createDirectories(dir.resolve("classes"));
        Path main = write(dir.resolve("classes/Main.java"), MAIN.getBytes(StandardCharsets.UTF_8));
        Path money = write(dir.resolve("classes/Money.java"), MONEY.getBytes(StandardCharsets.UTF_8));
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int code = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        errors,
                        errors,
                        "-encoding",
                        "UTF-8",
                        "-d",
                        out.toString(),
                        main.toString(),
                        money.toString());
        assertThat(code).as(errors.toString(StandardCharsets.UTF_8)).isZero();
        Map<String, byte[]> classes = new TreeMap<>();
        for (String name : List.of("com/acme/Main.class", "org/money/Money.class")) {
            classes.put(name, Files.readAllBytes(out.resolve(name)));
        }
        return classes;
    }

    private static byte[] bytesOf(Map<String, byte[]> files, String name) {
        return files.getOrDefault(name, new byte[0]);
    }

    private static byte[] jar(Map<String, byte[]> files) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                jar.putNextEntry(new ZipEntry(file.getKey()));
                jar.write(file.getValue());
                jar.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static Path write(Path file, byte[] bytes) throws IOException {
        Files.createDirectories(file.resolveSibling("."));
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(bytes);
        }
        return file;
    }
}
