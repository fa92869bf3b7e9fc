package dev.berth.cli.text;

import dev.berth.cli.CliException;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Shows the progress of a pull, push or load: on a terminal a line a layer that is written over in place, elsewhere a
 * line a change.
 */
public final class TransferDisplay {
    private static final int BAR = 50;

    private final PrintStream out;
    private final boolean terminal;
    private final boolean quiet;
    private final Map<String, Integer> lines = new LinkedHashMap<>();
    private final Map<String, String> shown = new LinkedHashMap<>();
    private int height;
    private String builtId = "";
    private String pushedDigest = "";

    /** @param quiet whether only failures are told */
    public TransferDisplay(PrintStream out, boolean terminal, boolean quiet) {
        this.out = out;
        this.terminal = terminal;
        this.quiet = quiet;
    }

    /**
     * Shows what comes until its end.
     *
     * @throws CliException when the last word is a failure
     * @throws IOException if the daemon's words cannot be read
     */
    public void show(InputStream stream) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.isBlank()) {
                continue;
            }
            Tree event = parse(line);
            if (!event.text("error").isEmpty()) {
                throw new CliException(event.text("error"));
            }
            if (!event.text("aux", "ID").isEmpty()) {
                builtId = event.text("aux", "ID");
            }
            if (!event.text("aux", "Digest").isEmpty()) {
                pushedDigest = event.text("aux", "Digest");
            }
            if (!quiet) {
                show(event);
            }
        }
        out.flush();
    }

    /** The digest that a push has told of; empty if it has told of none. */
    public String pushedDigest() {
        return pushedDigest;
    }

    /** The ID of the image that a build has told of; empty if it has told of none. */
    public String builtId() {
        return builtId;
    }

    private static Tree parse(String line) throws IOException {
        try {
            return Json.parse(line);
        } catch (IllegalArgumentException e) {
            throw new IOException("the daemon's progress is not JSON: " + e.getMessage(), e);
        }
    }

    /** Shows one piece of progress. */
    public void show(Tree event) {
        if (!event.get("stream").isMissing()) {
            out.print(event.text("stream"));
            out.flush(); // a build's steps take long: whoever reads from a pipe wants to know where it is
        } else if (event.get("aux").isMissing()) {
            String id = event.text("id");
            String text = event.text("status");
            boolean hasProgress = event.number("progressDetail", "total") > 0;
            if (id.isEmpty()) {
                out.println(text);
                lines.clear();
                height = 0;
            } else if (terminal && !event.get("progressDetail").isMissing()) {
                inPlace(id, id + ": " + text + (hasProgress ? " " + bar(event.get("progressDetail")) : ""));
            } else if (!hasProgress || !text.equals(shown.get(id))) {
                shown.put(id, text);
                if (!hasProgress) {
                    out.println(id + ": " + text);
                }
            }
        }
    }

    /** Moves up to the line of this ID, writes it anew and moves back. */
    private void inPlace(String id, String text) {
        Integer line = lines.get(id);
        if (line == null) {
            lines.put(id, height++);
            out.print(text + "\n");
            return;
        }
        int up = height - line;
        out.print("\033[" + up + "A\r\033[2K" + text + "\r\033[" + up + "B");
        out.flush();
    }

    private static String bar(Tree detail) {
        long current = detail.number("current");
        long total = detail.number("total");
        int done = (int) Math.min(BAR, BAR * current / Math.max(1, total));
        return "[" + "=".repeat(Math.max(0, done - 1)) + (done > 0 ? ">" : "") + " ".repeat(BAR - Math.max(done, 0))
                + "]  " + Human.size(current) + "/" + Human.size(total);
    }
}
