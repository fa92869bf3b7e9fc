package dev.berth.cli.build;

import dev.berth.cli.CliException;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What the daemon tells of a build: a JSON object a line, the last of them a failure where it came to nothing. */
public final class BuildStream {
    private BuildStream() {}

    /**
     * Shows what comes until its end; gives what was built.
     *
     * @throws CliException where the build failed, with the exit code of the command that did
     */
    public static Built show(InputStream stream, BuildProgress progress) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
        String id = "";
        Tree result = new Tree(null);
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.isBlank()) {
                continue;
            }
            Tree event = parse(line);
            progress.event(event, line);
            if (!event.text("error").isEmpty()) {
                progress.end(false);
                int code = (int) event.number("errorDetail", "code");
                throw new CliException(code == 0 ? 1 : code, event.text("error"));
            }
            result = event.get("aux", "Result").isMissing() ? result : event.get("aux", "Result");
            String text = event.text("stream").strip();
            id = !event.text("aux", "ID").isEmpty() ? event.text("aux", "ID") : text.startsWith("sha256:") ? text : id;
        }
        if (id.isEmpty()) {
            throw new IOException("the daemon ended its answer before the build's end");
        }
        progress.end(true);
        List<String> images = result.texts("Images");
        return new Built(
                id, images.isEmpty() ? List.of(id) : images, result.texts("Attestations"), result.get("Descriptor"));
    }

    private static Tree parse(String line) throws IOException {
        try {
            return Json.parse(line);
        } catch (IllegalArgumentException e) {
            throw new IOException("the daemon's progress is not JSON: " + e.getMessage(), e);
        }
    }
}
