package dev.berth.build.java;

import dev.berth.image.Image;
import dev.berth.image.archive.Assembly;
import dev.berth.image.archive.ImageFile;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.JsonObject;
import dev.berth.image.registry.Credentials;
import dev.berth.image.registry.DockerConfig;
import dev.berth.image.registry.Fetcher;
import dev.berth.image.registry.PullRequest;
import dev.berth.image.registry.RegistryOptions;
import dev.berth.image.registry.TransferEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes an image of a jar into a file, with no daemon, no store and no right but that to write there. What it is told and
 * what it tells is what the daemon is told and tells: the query of {@code POST /berth/build/jar} and the request's body on
 * standard input, lines of JSON on standard output. The command line starts it.
 */
public final class JarImageProgram {
    private static final String USAGE =
            "expected: archive|directory FILE QUERY, and a tar with the jar on the standard input";
    private static final int ARGUMENTS = 3;
    /** As the header {@code X-Registry-Auth} has it. */
    private static final String AUTHORIZATION = "BERTH_REGISTRY_AUTH";

    private final PrintStream out;

    private JarImageProgram(PrintStream out) {
        this.out = out;
    }

    /** Ends with 0 also where the image cannot be made: the last line says so, as the daemon's does. */
    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        new JarImageProgram(out).run(List.of(arguments), System.in, Optional.ofNullable(System.getenv(AUTHORIZATION)));
    }

    private void run(List<String> arguments, InputStream tar, Optional<String> authorization) throws IOException {
        if (arguments.size() != ARGUMENTS) {
            throw new IllegalArgumentException(USAGE);
        }
        ImageFile.Form form = switch (arguments.getFirst()) {
            case "archive" -> ImageFile.Form.ARCHIVE;
            case "directory" -> ImageFile.Form.DIRECTORY;
            default -> throw new IllegalArgumentException(USAGE);
        };
        try {
            make(form, Path.of(arguments.get(1)), JarRequest.parse(query(arguments.get(2))), tar, authorization);
        } catch (ImageException e) {
            String message = String.valueOf(e.getMessage());
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("errorDetail", Map.of("message", message));
            line.put("error", message);
            tell(line);
        }
    }

    private void make(
            ImageFile.Form form, Path file, JarRequest request, InputStream tar, Optional<String> authorization)
            throws IOException {
        Credentials credentials =
                authorization.isPresent() ? DockerConfig.parseHeader(authorization.get()) : Credentials.ANONYMOUS;
        JarRequest.Bases bases =
                (reference, platform, assembly) -> new Fetcher(assembly.content(), RegistryOptions.DEFAULT)
                        .fetch(new PullRequest(reference, false, platform, credentials), this::fetching);
        Path scratch = Files.createTempDirectory("berth-jar-");
        try (JarUpload upload = JarUpload.unpack(tar, scratch)) {
            Assembly.Recipe recipe = request.recipe(
                    upload.folder(), bases, new JavaRuntimes(), scratch, line -> tell(Map.of("stream", line + "\n")));
            Image image = ImageFile.write(file, form, request.tags(), recipe);
            tell(Map.of("aux", Map.of("ID", image.id().toString())));
        } finally {
            Files.deleteIfExists(scratch);
        }
    }

    private void fetching(TransferEvent event) {
        switch (event) {
            case TransferEvent.Message message -> tell(Map.of("stream", message.text() + "\n"));
            case TransferEvent.Layer layer
            when layer.phase() == TransferEvent.Phase.DOWNLOADED ->
                tell(Map.of("stream", layer.id() + ": " + layer.phase().words() + "\n"));
            default -> {
                // how far a layer is would be thousands of lines
            }
        }
    }

    private synchronized void tell(Map<String, ?> line) {
        out.println(new String(JsonObject.write(line), StandardCharsets.UTF_8));
    }

    private static Map<String, List<String>> query(String text) {
        Map<String, List<String>> query = new LinkedHashMap<>();
        for (String pair : text.replaceFirst("^\\?", "").split("&")) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            String value = equals < 0 ? "" : URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
            if (!name.isEmpty()) {
                query.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
            }
        }
        return query;
    }
}
