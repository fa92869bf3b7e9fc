package dev.berth.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.images.builder.ImageFromDockerfile;
import org.testcontainers.utility.MountableFile;

/** Files that come into containers and out of them. */
class FilesTest {
    private static GenericContainer<?> sleeper() {
        return new GenericContainer<>(Images.BUSYBOX).withCommand("sleep", "1000");
    }

    @Test
    void areCopiedInBeforeItStartsAndWhileItRuns(@TempDir Path folder) throws IOException, InterruptedException {
        Path script = Files.writeString(folder.resolve("script.sh"), "#!/bin/sh\necho from here\n");
        Path page = Files.writeString(Files.createDirectory(folder.resolve("site")).resolve("page"), "a page\n");
        try (GenericContainer<?> container = sleeper()
                .withCopyFileToContainer(MountableFile.forHostPath(script, 0755), "/opt/script.sh")
                .withCopyFileToContainer(MountableFile.forClasspathResource("orders.sql"), "/opt/orders.sql")) {
            container.start();
            assertThat(container.execInContainer("/opt/script.sh").getStdout()).isEqualTo("from here\n");
            assertThat(container.execInContainer("cat", "/opt/orders.sql").getStdout())
                    .startsWith("CREATE TABLE orders");
            container.copyFileToContainer(MountableFile.forHostPath(page.getParent()), "/site");
            container.execInContainer("sh", "-c", "echo and a line >> /site/page");
            container.copyFileFromContainer("/site/page", folder.resolve("back").toString());
            assertThat(folder.resolve("back")).hasContent("a page\nand a line");
        }
    }

    @Test
    void areInMemoryWhereThatIsWanted() throws IOException, InterruptedException {
        try (GenericContainer<?> container = sleeper().withTmpFs(Map.of("/memory", "rw,size=1m"))) {
            container.start();
            assertThat(container.execInContainer("grep", " /memory ", "/proc/mounts").getStdout())
                    .startsWith("tmpfs /memory tmpfs rw")
                    .contains("size=1024k");
            ExecResult tooMuch = container.execInContainer("dd", "if=/dev/zero", "of=/memory/file", "bs=64k");
            assertThat(tooMuch.getExitCode()).isOne();
            assertThat(tooMuch.getStderr()).contains("No space left on device");
        }
    }

    @Test
    void becomeAnImage() throws IOException, InterruptedException {
        ImageFromDockerfile image = new ImageFromDockerfile()
                .withFileFromString("word", "a word")
                .withFileFromClasspath("sql/orders.sql", "orders.sql")
                .withBuildArg("BASE", Images.BUSYBOX.asCanonicalNameString())
                .withFileFromString("Dockerfile", """
                        ARG BASE
                        FROM $BASE AS made
                        COPY word sql/ /made/
                        RUN echo " and more" >> /made/word
                        FROM made AS unused
                        RUN false
                        """)
                .withTarget("made");
        try (GenericContainer<?> container = new GenericContainer<>(image).withCommand("sleep", "1000")) {
            container.start();
            assertThat(container.<String>copyFileFromContainer(
                            "/made/word", in -> new String(in.readAllBytes(), StandardCharsets.UTF_8)))
                    .isEqualTo("a word and more\n");
            assertThat(container.execInContainer("ls", "/made").getStdout()).isEqualTo("orders.sql\nword\n");
        }
    }
}
