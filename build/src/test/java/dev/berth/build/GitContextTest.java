package dev.berth.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Repositories as contexts and for ADD, served by git's own program for that ({@code /smart/}), and as plain files ({@code /dumb/}). */
@Needs({Need.ROOT, Need.BUSYBOX, Need.GIT})
@LeavesNothingBehind
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GitContextTest extends InWorkshop {
    private HttpServer server;
    private String address;
    private Path work;

    @BeforeEach
    void open() throws IOException, InterruptedException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/smart/", this::smart);
        server.createContext("/dumb/", this::dumb);
        server.start();
        address = "http://127.0.0.1:" + server.getAddress().getPort();
        work = repository("x");
        write(
                "x/Dockerfile",
                "FROM box\nCOPY . /all\nRUN cd /all; find . -type f | sort; cat note; stat -c %a:%u run\n");
        write("x/note", "first\n");
        write("x/run", "");
        write("x/sub/Dockerfile", "FROM box\nCOPY * /\nRUN cat /in\n");
        write("x/sub/in", "in sub\n");
        assertThat(work.resolve("run").toFile().setExecutable(true)).isTrue();
        commit(work);
        git(work, "tag", "-a", "v1", "-m", "v1");
        write("x/note", "second\n");
        commit(work);
    }

    @AfterEach
    void close() throws IOException {
        server.stop(0);
        ((ExecutorService) server.getExecutor()).close();
    }

    @Test
    void aRepositoryIsAContext() throws Exception {
        for (String way : new String[] {"/smart/", "/dumb/"}) {
            assertThat(shop.order("")
                            .remote(address + way + "x.git")
                            .afresh()
                            .build()
                            .output())
                    .contains("./Dockerfile\n./note\n./run\n./sub/Dockerfile\n./sub/in\nsecond\n755:0\n");
            assertThat(shop.order("")
                            .remote(address + way + "x.git#v1")
                            .afresh()
                            .build()
                            .output())
                    .contains("\nfirst\n");
            assertThat(shop.order("")
                            .remote(address + way + "x.git#main:sub")
                            .afresh()
                            .build()
                            .output())
                    .contains("\nin sub\n");
        }
        String first = git(work, "rev-parse", "v1^{commit}").strip();
        assertThat(shop.order("")
                        .remote(address + "/smart/x.git#" + first)
                        .afresh()
                        .build()
                        .output())
                .contains("\nfirst\n");
    }

    @Test
    void aRepositoryIsAddedWithOrWithoutItsOwnData() throws Exception {
        String added = address + "/smart/x.git#main";
        String dockerfile = "FROM box\nADD %s" + added + " /got/\nRUN cd /got; cat note; ls -A | sort | head -1\n";
        assertThat(shop.order(dockerfile.formatted("")).build().output()).contains("second\nDockerfile\n");
        assertThat(shop.order(dockerfile.formatted("--keep-git-dir=true "))
                        .build()
                        .output())
                .contains("second\n.git\n");
        assertThat(shop.order(dockerfile.formatted("--keep-git-dir=true "))
                        .build()
                        .cachedSteps())
                .isEqualTo(2);
        String commit = git(work, "rev-parse", "main").strip();
        assertThat(shop.order(dockerfile.formatted("--checksum=" + commit + " "))
                        .build()
                        .cachedSteps())
                .isEqualTo(2);
        assertThatExceptionOfType(BuildException.class)
                .isThrownBy(() -> shop.order(dockerfile.formatted("--checksum=" + "0".repeat(40) + " "))
                        .build())
                .withMessage("expected checksum to match " + "0".repeat(40) + ", got " + commit);
    }

    @Test
    void aSubmoduleComesAlongIfItIsFetchedByAProtocolThatIsAllowed() throws Exception {
        Path inner = repository("inner");
        write("inner/file", "of inner\n");
        commit(inner);
        git(work, "-c", "protocol.file.allow=always", "submodule", "add", "-q", "../inner.git", "module");
        commit(work);
        String dockerfile = "FROM box\nADD " + address + "/smart/x.git%s /got/\nRUN find /got/module | sort\n";
        assertThat(shop.order(dockerfile.formatted("")).build().output())
                .contains("/got/module\n/got/module/file\n")
                .doesNotContain("/got/module/.git");
        assertThat(shop.order(dockerfile.formatted("?submodules=false")).build().output())
                .doesNotContain("/got/module/file");
        git(
                work,
                "config",
                "-f",
                ".gitmodules",
                "submodule.module.url",
                inner.toUri().toString());
        commit(work);
        assertThatExceptionOfType(BuildException.class)
                .isThrownBy(() -> shop.order(dockerfile.formatted("")).build())
                .withMessageContaining("transport 'file' not allowed");
    }

    @Test
    void whatIsNotThereIsSaid() throws Exception {
        Path out = Files.createSymbolicLink(work.resolve("out"), Path.of("/etc"));
        commit(work);
        Files.delete(out);
        Map.of(
                        address + "/smart/none.git",
                        "git ls-remote: fatal: repository",
                        address + "/smart/x.git#none",
                        "does not contain ref none",
                        address + "/smart/x.git#:none",
                        "the repository has no directory none",
                        address + "/smart/x.git#:out",
                        "the repository has no directory out",
                        address + "/smart/x.git#--upload-pack=id",
                        "is no name of a branch",
                        "ext::sh -c id",
                        "is neither a repository nor an address of http",
                        "file://" + work,
                        "is neither a repository nor an address of http")
                .forEach((remote, why) -> assertThatExceptionOfType(BuildException.class)
                        .isThrownBy(() -> shop.order("").remote(remote).build())
                        .withMessageContaining(why));
    }

    /** A folder to work in, whose repository is what the server shows. */
    private Path repository(String name) throws IOException, InterruptedException {
        Path served = Files.createDirectories(dir.resolve("served/" + name + ".git"));
        git(served, "init", "-q", "--bare", "-b", "main");
        git(dir, "clone", "-q", served.toString(), name);
        return dir.resolve(name);
    }

    private void write(String path, String content) throws IOException {
        Path file = dir.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private void commit(Path folder) throws IOException, InterruptedException {
        git(folder, "add", "-A");
        git(folder, "commit", "-q", "-m", "a change");
        git(folder, "push", "-q", "--follow-tags", "origin", "HEAD:main");
        git(dir.resolve("served/" + folder.getFileName() + ".git"), "update-server-info");
    }

    private static String git(Path folder, String... words) throws IOException, InterruptedException {
        ProcessBuilder program = new ProcessBuilder(
                        Stream.concat(Stream.of("git"), Arrays.stream(words)).toList())
                .directory(folder.toFile())
                .redirectErrorStream(true);
        program.environment()
                .putAll(Map.of(
                        "GIT_CONFIG_GLOBAL", "/dev/null",
                        "GIT_AUTHOR_NAME", "a",
                        "GIT_AUTHOR_EMAIL", "a@example.org",
                        "GIT_COMMITTER_NAME", "a",
                        "GIT_COMMITTER_EMAIL", "a@example.org"));
        Process running = program.start();
        String said = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(running.waitFor()).as(said).isZero();
        return said;
    }

    private void dumb(HttpExchange exchange) throws IOException {
        Path file = dir.resolve("served/" + exchange.getRequestURI().getPath().substring("/dumb/".length()));
        boolean isSmart =
                Optional.ofNullable(exchange.getRequestURI().getQuery()).isPresent();
        byte[] content = Files.isRegularFile(file) ? Files.readAllBytes(file) : new byte[0];
        exchange.sendResponseHeaders(Files.isRegularFile(file) ? 200 : 404, content.length == 0 ? -1 : content.length);
        if (content.length > 0) {
            exchange.getResponseBody().write(content);
        }
        assertThat(isSmart && !file.endsWith("info/refs")).isFalse();
        exchange.close();
    }

    /** CGI (RFC 3875), as far as git-http-backend(1) needs it. */
    private void smart(HttpExchange exchange) throws IOException {
        ProcessBuilder program = new ProcessBuilder("git", "http-backend");
        Map<String, String> environment = program.environment();
        environment.put("GIT_PROJECT_ROOT", dir.resolve("served").toString());
        environment.put("GIT_HTTP_EXPORT_ALL", "1");
        environment.put("REQUEST_METHOD", exchange.getRequestMethod());
        environment.put("PATH_INFO", exchange.getRequestURI().getPath().substring("/smart".length()));
        environment.put(
                "QUERY_STRING",
                Optional.ofNullable(exchange.getRequestURI().getQuery()).orElse(""));
        environment.put("REMOTE_ADDR", "127.0.0.1");
        environment.put("GIT_CONFIG_COUNT", "1");
        environment.put("GIT_CONFIG_KEY_0", "safe.directory");
        environment.put("GIT_CONFIG_VALUE_0", "*");
        header(exchange, "Content-Type").ifPresent(value -> environment.put("CONTENT_TYPE", value));
        header(exchange, "Content-Encoding").ifPresent(value -> environment.put("HTTP_CONTENT_ENCODING", value));
        header(exchange, "Git-Protocol").ifPresent(value -> environment.put("GIT_PROTOCOL", value));
        byte[] asked = exchange.getRequestBody().readAllBytes();
        environment.put("CONTENT_LENGTH", String.valueOf(asked.length));
        Process running = program.start();
        running.getOutputStream().write(asked);
        running.getOutputStream().close();
        byte[] said = running.getInputStream().readAllBytes();
        String text = new String(said, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        int status = 200;
        for (String line : text.substring(0, end).split("\r\n")) {
            String[] sides = line.split(": ", 2);
            if (sides[0].equals("Status")) {
                status = Integer.parseInt(sides[1].substring(0, 3));
            } else {
                exchange.getResponseHeaders().add(sides[0], sides[1]);
            }
        }
        int length = said.length - end - 4;
        exchange.sendResponseHeaders(status, length == 0 ? -1 : length);
        exchange.getResponseBody().write(said, end + 4, length);
        exchange.close();
    }

    private static Optional<String> header(HttpExchange exchange, String name) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
    }
}
