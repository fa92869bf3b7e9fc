package dev.berth.build.dockerfile;

import java.util.List;

/** Lines of a file with those around them, as buildx shows where an error is. */
public final class Excerpt {
    private static final String RULE = "--------------------\n";
    /** Lines around the one in question, and around several. */
    private static final int AROUND_ONE = 4;

    private static final int AROUND_SEVERAL = 2;

    private Excerpt() {}

    /**
     * Draws it: the file's name and line, and each line with its number, those in question marked.
     *
     * @return lines that end with line feeds; nothing where the file has no such line
     */
    public static String of(String name, String source, Location location) {
        List<String> lines = List.of(source.split("\n", -1));
        if (location.first() < 1 || location.first() > lines.size()) {
            return "";
        }
        Location shown = around(location, lines.size());
        StringBuilder text = new StringBuilder(name + ":" + location.first() + "\n" + RULE);
        for (int line = shown.first(); line <= shown.last(); line++) {
            String mark = location.contains(line) ? ">>>" : "   ";
            text.append(" %3d | %s %s\n".formatted(line, mark, lines.get(line - 1)));
        }
        return text.append(RULE).toString();
    }

    /** Grows by a line at both ends until enough are there, or no more are to be had. */
    private static Location around(Location location, int lines) {
        int first = location.first();
        int last = Math.min(location.last(), lines);
        int wanted = first == last ? AROUND_ONE : AROUND_SEVERAL;
        for (int rounds = 0; rounds < wanted; rounds++) {
            if (first > 1) {
                first--;
                rounds++;
            }
            if (last < lines) {
                last++;
                rounds++;
            }
        }
        return new Location(first, last);
    }
}
