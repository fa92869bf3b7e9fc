package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients of builds that go away in the middle, or may not do what the daemon may: nothing is left, and nothing told. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KilledBuildsTest {
    /** More than sockets take in. */
    private static final int NOISE_BYTES = 20_000_000;

    /** Of a context's tar: a folder's header and a file's. */
    private static final int HEADERS_CHARS = 2 * 512;

    private Path dir;
    private DaemonProcess daemon;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        dir = temporary;
        daemon = DaemonProcess.start(dir.resolve("berth"));
        daemon.berth("import", BoxTar.make(dir).toString(), "box").succeeded();
    }

    @AfterAll
    void stop() {
        daemon.close();
    }

    @AfterEach
    void nothingIsLeft() throws InterruptedException {
        Command.eventually(
                "what the build had made to go",
                () -> names(daemon.dataRoot().resolve("tmp")).isEmpty());
        assertThat(daemon.berth("ps", "-aq").succeeded().out()).isEmpty();
        assertThat(daemon.berth("system", "fsck").succeeded().out()).doesNotContain("damaged");
    }

    private static List<Path> names(Path directory) {
        try (Stream<Path> names = Files.list(directory)) {
            return names.toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aClientLeavesWhileItsContextIsOnItsWay() throws Exception {
        try (RawConnection client = RawConnection.to(daemon)) {
            client.send("POST /build HTTP/1.1\r\nHost: engine\r\nContent-Type: application/x-tar\r\n"
                    + "Content-Length: 100000000\r\n\r\n");
            client.send(context("FROM box\n").substring(0, HEADERS_CHARS)); // what the second is of does not come
            Command.eventually(
                    "the context to come",
                    () -> !names(daemon.dataRoot().resolve("tmp")).isEmpty());
        }
    }

    @Test
    void aClientLeavesWhileAStepRuns() throws Exception {
        String mark = UUID.randomUUID().toString();
        byte[] tar = contextTar("FROM box\nRUN echo be''gun; while true; do sleep 1000; done; " + mark + "\n");
        try (RawConnection client = RawConnection.to(daemon)) {
            client.send("POST /build HTTP/1.1\r\nHost: engine\r\nContent-Type: application/x-tar\r\nContent-Length: "
                    + tar.length + "\r\n\r\n" + new String(tar, StandardCharsets.ISO_8859_1));
            client.readUntil("\"begun");
            assertThat(processes(mark)).isNotEmpty();
        }
        Command.eventually("the step's processes to go", () -> processes(mark).isEmpty());
    }

    /** Those that have it among their words. */
    private static List<Path> processes(String mark) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            List<Path> found = new ArrayList<>();
            for (Path process : all) {
                try {
                    if (Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1)
                            .contains(mark)) {
                        found.add(process);
                    }
                } catch (IOException e) {
                    // it has ended
                }
            }
            return found;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aClientLeavesWhileItsImageIsPushed() throws Exception {
        byte[] tar = contextTar("FROM box\nRUN busybox head -c " + NOISE_BYTES + " /dev/urandom >/noise\n");
        CountDownLatch uploading = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(1);
        CompletableFuture<Boolean> whole = new CompletableFuture<>();
        HttpServer registry = registry(uploading, gone, whole);
        String name = "localhost:" + registry.getAddress().getPort() + "/noise";
        try {
            try (RawConnection client = RawConnection.to(daemon)) {
                client.send(
                        "POST /build?t=" + name + " HTTP/1.1\r\nHost: engine\r\nConnection: close\r\nContent-Length: "
                                + tar.length + "\r\n\r\n" + new String(tar, StandardCharsets.ISO_8859_1));
                assertThat(client.readToEnd()).contains("Successfully tagged");
            }
            try (RawConnection client = RawConnection.to(daemon)) {
                client.request("POST", "/images/" + name + "/push?tag=latest");
                uploading.await();
            }
            gone.countDown();
            assertThat(whole.get()).as("the registry has all of the layer").isFalse();
            daemon.berth("rmi", name).succeeded();
        } finally {
            registry.stop(0);
        }
    }

    /** A registry without anything, which takes the first bytes of a large blob, and the others when the client is gone. */
    private static HttpServer registry(CountDownLatch uploading, CountDownLatch gone, CompletableFuture<Boolean> whole)
            throws IOException {
        HttpServer registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        registry.setExecutor(task -> Thread.ofVirtual().start(task));
        registry.createContext("/", exchange -> {
            try (exchange) {
                long length = 0;
                try (InputStream body = exchange.getRequestBody()) {
                    length = body.readNBytes(1 << 16).length;
                    if (length == 1 << 16) {
                        uploading.countDown();
                        gone.await();
                        length += body.transferTo(OutputStream.nullOutputStream());
                        whole.complete(length >= NOISE_BYTES);
                    }
                } catch (IOException e) {
                    whole.complete(false);
                    return;
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                boolean begins = exchange.getRequestMethod().equals("POST");
                exchange.getResponseHeaders().set("Location", "/v2/noise/blobs/uploads/1");
                exchange.getResponseHeaders().set("Range", "0-" + (length - 1));
                exchange.sendResponseHeaders(
                        begins ? 202 : exchange.getRequestMethod().equals("HEAD") ? 404 : 200, -1);
            }
        });
        registry.start();
        return registry;
    }

    /** What root is given of the folder, another user is told to send, who cannot read it. */
    @Test
    void aFolderIsNotReadForAClientThatMayNotReadIt() throws Exception {
        Path folder = Files.createDirectory(dir.resolve("folder"));
        Files.writeString(folder.resolve("Dockerfile"), "FROM box\nCOPY . /c\nRUN cat /c/secret\n");
        Path secret = Files.writeString(folder.resolve("secret"), "root's own\n");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        Files.setPosixFilePermissions(daemon.socket(), PosixFilePermissions.fromString("rw-rw-rw-"));
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(dir.resolve("berth"), PosixFilePermissions.fromString("rwxr-xr-x"));
        String lend = """
                import http.client, os, socket
                folder = os.open('%s', os.O_RDONLY)
                status = os.fstat(folder)
                connection = http.client.HTTPConnection('engine')
                connection.sock = socket.socket(socket.AF_UNIX)
                connection.sock.connect('%s')
                connection.request(
                    'POST', '/berth/build/folder?folder=%%d:%%d:%%d' %% (folder, status.st_dev, status.st_ino))
                print(connection.getresponse().read().decode())
                """.formatted(folder, daemon.socket());
        assertThat(Command.run(Map.of(), "/usr/bin/python3", "-c", lend)
                        .succeeded()
                        .out())
                .contains("root's own");
        assertThat(Command.run(
                                Map.of(),
                                "setpriv",
                                "--reuid=65534",
                                "--regid=65534",
                                "--clear-groups",
                                "/usr/bin/python3",
                                "-c",
                                lend)
                        .succeeded()
                        .out())
                .contains("the context cannot be read where it is: send it as an archive")
                .doesNotContain("root's own");
    }

    private String context(String dockerfile) throws IOException {
        return new String(contextTar(dockerfile), StandardCharsets.ISO_8859_1);
    }

    private byte[] contextTar(String dockerfile) throws IOException {
        Path folder = Files.createTempDirectory(dir, "context");
        Files.writeString(folder.resolve("Dockerfile"), dockerfile);
        Path tar = Files.createTempFile(dir, "context", ".tar");
        Command.run(Map.of(), "tar", "-C", folder.toString(), "-cf", tar.toString(), ".")
                .succeeded();
        return Files.readAllBytes(tar);
    }
}
