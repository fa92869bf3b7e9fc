package dev.berth.conformance.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.cli.json.Json;
import dev.berth.conformance.crash.SocketClient.Answer;
import dev.berth.testing.BusyboxTree;
import dev.berth.testing.RegistryProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What the clients work with: an image of busybox here, one for each client in a registry, and one in an archive. */
final class Fixture implements AutoCloseable {
    static final String BASE = "crash/base:1";
    private static final int LAYER_BYTES = 2 << 20;

    private final RegistryProcess registry;
    private final String mark;
    private final List<byte[]> archives = new ArrayList<>();

    private Fixture(RegistryProcess registry, String mark) {
        this.registry = registry;
        this.mark = mark;
    }

    /** Makes everything with the daemon's help; the caller closes it. */
    static Fixture make(Path home, SocketClient daemon, int clients, Random random) throws Exception {
        Fixture fixture = new Fixture(RegistryProcess.start(home.resolve("registry")), "CRASH=" + random.nextLong());
        try {
            fixture.fill(home, daemon, clients, random);
            return fixture;
        } catch (Exception | AssertionError e) {
            fixture.close();
            throw e;
        }
    }

    private void fill(Path home, SocketClient daemon, int clients, Random random) throws Exception {
        Path tree = BusyboxTree.make(home.resolve("tree"));
        Path tar = home.resolve("tree.tar");
        Process pack = new ProcessBuilder("tar", "-C", tree.toString(), "-cf", tar.toString(), ".").start();
        if (pack.waitFor() != 0) {
            throw new IOException("tar failed");
        }
        must(daemon.send(
                "POST",
                "/images/create?fromSrc=-&repo=crash/base&tag=1",
                Files.readAllBytes(tar),
                "application/x-tar"));
        for (int i = 0; i < clients; i++) {
            commit(daemon, pulled(i), random);
            Answer pushed = must(daemon.post("/images/" + pulled(i) + "/push", ""));
            assertThat(pushed.laterError()).isEmpty();
            must(daemon.delete("/images/" + pulled(i) + "?force=1"));
            commit(daemon, loaded(i), random);
            archives.add(must(daemon.get("/images/" + loaded(i) + "/get")).body());
            must(daemon.delete("/images/" + loaded(i) + "?force=1"));
        }
    }

    /** An image of the base and noise, which no other shares. */
    private void commit(SocketClient daemon, String name, Random random) throws Exception {
        String id = must(daemon.post("/containers/create", create(1, 0))).json().text("Id");
        byte[] noise = new byte[LAYER_BYTES];
        random.nextBytes(noise);
        must(daemon.send("PUT", "/containers/" + id + "/archive?path=/tmp", tar("noise", noise), "application/x-tar"));
        int colon = name.lastIndexOf(':');
        must(daemon.post(
                "/commit?container=" + id + "&repo=" + name.substring(0, colon) + "&tag=" + name.substring(colon + 1),
                "{}"));
        must(daemon.delete("/containers/" + id));
    }

    /** A tar of one file. */
    private static byte[] tar(String name, byte[] content) {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 100, "0000644\0");
        put(header, 108, "0000000\0");
        put(header, 116, "0000000\0");
        put(header, 124, "%011o\0".formatted(content.length));
        put(header, 136, "00000000000\0");
        put(header, 148, "        ");
        header[156] = '0';
        put(header, 257, "ustar\00000");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, "%06o\0 ".formatted(sum));
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        tar.writeBytes(header);
        tar.writeBytes(content);
        tar.writeBytes(new byte[(512 - content.length % 512) % 512 + 1024]);
        return tar.toByteArray();
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    private static Answer must(Answer answer) {
        if (!answer.isDone()) {
            throw new AssertionError("the preparation failed: " + answer.status() + " " + answer.text());
        }
        return answer;
    }

    /** The name of a client's image in the registry. */
    String pulled(int client) {
        return registry.domain() + "/pull/c" + client + ":1";
    }

    /** The name of the image in a client's archive. */
    String loaded(int client) {
        return "load/c" + client + ":1";
    }

    byte[] archive(int client) {
        return archives.get(client);
    }

    /** A context whose Dockerfile has stages side by side; its steps' processes bear the mark too. */
    byte[] context(int different) {
        String dockerfile = "FROM " + BASE + " AS common\nENV " + mark + "\nRUN sleep 0.05; echo common >/tmp/common\n"
                + "FROM common AS own\nRUN sleep 0.05; echo " + different + " >/tmp/own\n"
                + "FROM common\nCOPY --from=own /tmp/own /tmp/taken\nRUN cat /tmp/common /tmp/taken >/tmp/both\n";
        return tar("Dockerfile", dockerfile.getBytes(StandardCharsets.UTF_8));
    }

    /** What every process of a container has in its environment. */
    String mark() {
        return mark;
    }

    /** The volume of a client's own. */
    String volume(int client) {
        return "crash-volume-" + client;
    }

    /** The network of a client's own. */
    String network(int client) {
        return "crash-network-" + client;
    }

    /** A request for a container that prints consecutive numbers; with 0 lines until it is killed. */
    String create(int lines, int exitCode) {
        return create(lines, exitCode, Map.of("NetworkMode", "none"));
    }

    String create(int lines, int exitCode, Map<String, Object> hostConfig) {
        String condition = lines == 0 ? "true" : "[ $i -lt " + lines + " ]";
        String script = "i=0; while " + condition + "; do i=$((i+1)); echo $i; sleep 0.03; done; exit " + exitCode;
        return Json.text(Map.of(
                "Image", BASE, "Cmd", List.of("sh", "-c", script), "Env", List.of(mark), "HostConfig", hostConfig));
    }

    @Override
    public void close() throws InterruptedException {
        registry.close();
    }
}
