package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.berth.build.context.IgnoreFile;
import dev.berth.build.context.IgnoreFile.Directory;
import dev.berth.build.context.IgnoreFileException;
import dev.berth.image.oci.Limits;
import dev.berth.image.tar.ByteSource;
import dev.berth.image.tar.TarEntry;
import dev.berth.image.tar.TarReader;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ignore files against the official command line: what it leaves out of a context, which it sends to a daemon that only listens,
 * is what we leave out.
 *
 * <p>One difference is intended, for BuildKit has it too, and the documentation: an exception with wildcards also holds in a
 * directory that is left out, which the command line does not look into.
 */
@Needs(Need.DOCKER_CLI)
class IgnoreFileDifferenceTest {
    private static final int FILES = 120;
    private static final long SEED = 20_261_126;
    private static final List<String> TREE = List.of(
            "a", "b", "ab", "a.b", "x/a", "x/ab", "x/y/a", "x/y/b", "x/a.b/c", "y/x/a", "y/ab/b", "ab.c/d", "z/z/z/a",
            ".h", ".g/a", "-", "b]", "x/b]", "z/*", "z/a\\b", "y/日");
    private static final List<String> PIECES = List.of(
            "a", "b", "x", "y", "z", "*", "**", "?", "/", "/", ".", "ab", "[ab]", "[^a]", "[a-b]", "**/", "/**", "*.",
            "\\*", "..", "//", "日");

    @TempDir
    Path context;

    @Test
    void theSameFilesAreLeftOut() throws IOException {
        for (String file : TREE) {
            Files.createDirectories(context.resolve(file).getParent());
            Files.writeString(context.resolve(file), file);
        }
        Files.writeString(context.resolve("Dockerfile"), "FROM scratch\n");
        Random random = new Random(SEED);
        try (Listener listener = new Listener()) {
            for (int i = 0; i < FILES; i++) {
                List<String> patterns = patterns(random);
                Optional<Set<String>> theirs = listener.contextOf(context, patterns);
                Optional<Set<String>> ours = ours(patterns);
                if (theirs.isPresent() && ours.isPresent() && patterns.stream().anyMatch(this::isWideException)) {
                    assertThat(ours.get()).as("%s", patterns).containsAll(theirs.get());
                } else {
                    assertThat(ours).as("%s", patterns).isEqualTo(theirs);
                }
            }
        }
    }

    private boolean isWideException(String pattern) {
        return pattern.startsWith("!") && pattern.matches(".*[*?\\[].*");
    }

    private static List<String> patterns(Random random) {
        return IntStream.rangeClosed(0, random.nextInt(3))
                .mapToObj(i -> (random.nextInt(3) == 0 ? "!" : "")
                        + IntStream.rangeClosed(0, random.nextInt(4))
                                .mapToObj(j -> PIECES.get(random.nextInt(PIECES.size())))
                                .collect(Collectors.joining()))
                .toList();
    }

    /** Nothing where the patterns are refused. */
    private Optional<Set<String>> ours(List<String> patterns) throws IOException {
        Set<String> kept = new TreeSet<>();
        try {
            walk(context, "", IgnoreFile.parse(String.join("\n", patterns)).root(), kept);
        } catch (IgnoreFileException e) {
            return Optional.empty();
        }
        kept.removeAll(Set.of("Dockerfile", ".dockerignore"));
        return Optional.of(kept);
    }

    private static void walk(Path path, String prefix, Directory directory, Set<String> kept) throws IOException {
        List<Path> children;
        try (Stream<Path> listed = Files.list(path)) {
            children = listed.toList();
        }
        for (Path child : children) {
            String name = child.getFileName().toString();
            if (!Files.isDirectory(child)) {
                if (!directory.ignores(name)) {
                    kept.add(prefix + name);
                }
                continue;
            }
            Directory below = directory.enter(name);
            if (below.isWorthEntering()) {
                walk(child, prefix + name + "/", below, kept);
            }
        }
    }

    /** A daemon that takes a context and builds nothing. */
    private static final class Listener implements AutoCloseable {
        private final HttpServer server;
        private final Set<String> files = new ConcurrentSkipListSet<>();

        Listener() throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
            server.createContext("/", exchange -> answer(exchange, "{}"));
            server.createContext("/_ping", exchange -> answer(exchange, "OK"));
            for (String version : List.of("", "/v1.41")) {
                server.createContext(version + "/build", exchange -> {
                    read(exchange);
                    answer(exchange, "{\"stream\":\"\"}\n");
                });
            }
            server.start();
        }

        private static void answer(HttpExchange exchange, String body) throws IOException {
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                exchange.getResponseHeaders().set("Api-Version", "1.41");
                exchange.getResponseHeaders().set("OSType", "linux");
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                boolean head = exchange.getRequestMethod().equals("HEAD");
                exchange.sendResponseHeaders(200, head ? -1 : bytes.length);
                if (!head) {
                    exchange.getResponseBody().write(bytes);
                }
            }
        }

        private void read(HttpExchange exchange) throws IOException {
            TarReader tar = new TarReader(ByteSource.of(exchange.getRequestBody()), Limits.DEFAULT);
            for (Optional<TarEntry> entry = tar.next(); entry.isPresent(); entry = tar.next()) {
                if (entry.get().type() != TarEntry.Type.DIRECTORY) {
                    byte[] name = entry.get().path().getBytes(StandardCharsets.ISO_8859_1);
                    files.add(new String(name, StandardCharsets.UTF_8));
                }
            }
        }

        /** What is sent of a directory with this ignore file; nothing where the command line refuses it. */
        Optional<Set<String>> contextOf(Path directory, List<String> patterns) {
            files.clear();
            try {
                Files.writeString(directory.resolve(".dockerignore"), String.join("\n", patterns));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            String host = "tcp://127.0.0.1:" + server.getAddress().getPort();
            Command build = Command.run(
                    Map.of("DOCKER_BUILDKIT", "0", "DOCKER_CONTEXT", ""),
                    "docker",
                    "--host",
                    host,
                    "build",
                    directory.toString());
            if (files.isEmpty()) {
                assertThat(build.err()).contains("error checking context");
                return Optional.empty();
            }
            Set<String> kept = new TreeSet<>(files);
            kept.removeAll(Set.of("Dockerfile", ".dockerignore"));
            return Optional.of(kept);
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
