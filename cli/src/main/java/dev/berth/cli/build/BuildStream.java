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
        Told told = read(stream, progress);
        if (told.id.isEmpty()) {
            throw new IOException("the daemon ended its answer before the build's end");
        }
        progress.end(true);
        List<String> images = told.result.texts("Images");
        return new Built(
                told.id,
                images.isEmpty() ? List.of(told.id) : images,
                told.result.texts("Attestations"),
                told.result.get("Descriptor"));
    }

    /** The same of what is asked about a Dockerfile; gives the answer. */
    public static Tree answer(InputStream stream, BuildProgress progress) throws IOException {
        Told told = read(stream, progress);
        if (told.answer.isMissing()) {
            throw new IOException("the daemon did not answer what it was asked about the Dockerfile");
        }
        progress.end(true);
        return told.answer;
    }

    /** What of it is not for the eye alone. */
    private record Told(String id, Tree result, Tree answer) {}

    private static Told read(InputStream stream, BuildProgress progress) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
        Told told = new Told("", new Tree(null), new Tree(null));
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
            String text = event.text("stream").strip();
            String id = text.startsWith("sha256:") ? text : told.id;
            told = new Told(
                    event.text("aux", "ID").isEmpty() ? id : event.text("aux", "ID"),
                    event.get("aux", "Result").isMissing() ? told.result : event.get("aux", "Result"),
                    event.get("aux", "Answer").isMissing() ? told.answer : event.get("aux", "Answer"));
        }
        return told;
    }

    private static Tree parse(String line) throws IOException {
        try {
            return Json.parse(line);
        } catch (IllegalArgumentException e) {
            throw new IOException("the daemon's progress is not JSON: " + e.getMessage(), e);
        }
    }
}
