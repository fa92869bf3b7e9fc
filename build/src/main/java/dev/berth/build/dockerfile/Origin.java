package dev.berth.build.dockerfile;

import java.util.List;

/**
 * Where an instruction comes from.
 *
 * @param keyword its name as it was written, in whatever case
 * @param text all of it as one line: lines are joined, comments between them left out, documents not part of it
 * @param location its lines, with its documents
 * @param comments what was said in the lines right above, without the signs
 */
public record Origin(String keyword, String text, Location location, List<String> comments) {
    public Origin {
        comments = List.copyOf(comments);
    }
}
