package dev.berth.build.run;

import dev.berth.build.BuildException;
import dev.berth.build.dockerfile.Instruction;
import dev.berth.build.files.ContextTree;
import dev.berth.build.files.Selection;
import dev.berth.image.layer.Compression;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What an ADD takes: files of the context, archives that are unpacked, what is fetched. */
final class Additions implements AutoCloseable {
    private static final int MOST_BYTES = 1 << 30;
    private static final int FETCHED_MODE = 0600;
    private static final int TAR_MAGIC_AT = 257;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Build build;
    private final Instruction.Add add;
    private final List<ContextTree> opened = new ArrayList<>();

    Additions(Build build, Instruction.Add add) {
        this.build = build;
        this.add = add;
    }

    Selection selection() throws IOException, InterruptedException {
        Selection all = Selection.none();
        for (String source : add.sources()) {
            all = all.and(isAddress(source) ? fetched(source) : local(source));
        }
        return all;
    }

    private static boolean isAddress(String source) {
        return source.startsWith("http://") || source.startsWith("https://");
    }

    private Selection local(String source) throws IOException {
        if (source.startsWith("git@") || source.startsWith("git://") || source.startsWith("ssh://")) {
            throw BuildException.invalid("ADD " + source + ": repositories cannot be added: fetch it before the build");
        }
        ContextTree context = build.context();
        Selection files = Selection.of(
                context, List.of(source), new Selection.Choice(false, Build.excluded(add.excludes())), "ADD");
        if (!files.isOneFile() || add.unpack().filter(unpack -> !unpack).isPresent()) {
            return files;
        }
        Optional<byte[]> content = context.content(source, MOST_BYTES);
        return content.isPresent() && isArchive(content.get()) ? unpacked(content.get()) : files;
    }

    private Selection fetched(String address) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = fetch(address);
        byte[] content = response.body();
        if (!add.checksum().isEmpty()) {
            String found = Digest.sha256(content).toString();
            if (!found.equals(add.checksum())) {
                throw BuildException.invalid(
                        "digest mismatch for " + address + ": " + found + " instead of " + add.checksum());
            }
        }
        if (add.unpack().orElse(false) && isArchive(content)) {
            return unpacked(content);
        }
        String path = URI.create(address).getPath();
        String name = path == null ? "" : path.substring(path.lastIndexOf('/') + 1);
        if (name.isEmpty()) {
            if (add.target().endsWith("/")) {
                throw BuildException.invalid("ADD " + address + ": cannot determine the name of the file: name it in"
                        + " the destination, without a / at its end");
            }
            name = "download";
        }
        ContextTree tree = open(ContextTree.of(
                Map.of(name, content), FETCHED_MODE, modified(response).orElse(Instant.EPOCH), build.spool()));
        return Selection.of(tree, List.of(name), new Selection.Choice(false, _ -> false), "ADD");
    }

    private static HttpResponse<byte[]> fetch(String address) throws InterruptedException {
        try (HttpClient client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(PATIENCE)
                .build()) {
            HttpResponse<byte[]> response = client.send(
                    HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofByteArray());
            if (response.statusCode() != 200) {
                throw BuildException.failed(
                        "ADD failed: fetching " + address + " was answered with " + response.statusCode());
            }
            return response;
        } catch (IllegalArgumentException e) {
            throw BuildException.invalid("ADD " + address + ": not an address: " + e.getMessage());
        } catch (IOException e) {
            throw BuildException.failed("ADD failed: fetching " + address + ": " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? "no connection" : e.getMessage();
    }

    private static Optional<Instant> modified(HttpResponse<byte[]> response) {
        try {
            return response.headers()
                    .firstValue("Last-Modified")
                    .map(text -> ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private Selection unpacked(byte[] archive) throws IOException {
        ContextTree tree = open(ContextTree.read(new ByteArrayInputStream(archive), build.spool()));
        return Selection.of(tree, List.of("/"), new Selection.Choice(false, _ -> false), "ADD");
    }

    private ContextTree open(ContextTree tree) {
        opened.add(tree);
        return tree;
    }

    /** Whether it is a tar, plain or compressed in a way that is known. */
    private static boolean isArchive(byte[] content) {
        try (InputStream in = Compression.decompressed(new ByteArrayInputStream(content))) {
            byte[] head = in.readNBytes(TAR_MAGIC_AT + 5);
            return head.length == TAR_MAGIC_AT + 5
                    && new String(head, TAR_MAGIC_AT, 5, java.nio.charset.StandardCharsets.US_ASCII).equals("ustar");
        } catch (ImageException e) {
            return false;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        for (ContextTree tree : opened) {
            tree.close();
        }
    }
}
