package dev.berth.build.dockerfile;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A piece of a Dockerfile and what is to come of it. Of a file of snippets, {@code === name} begins one, and
 * {@code --- parsed}, {@code --- applied}, {@code --- checks} or {@code --- error} begin what is expected. Within, {@code {CR}},
 * {@code {SP}} and {@code {BOM}} are signs that an editor would take away.
 *
 * @param expected what is to come of it, by kinds
 */
record Snippet(String name, String source, Map<String, String> expected) {
    private static final String BEGIN = "=== ";
    private static final String RESULT = "--- ";

    static List<Snippet> read(String file) {
        List<Snippet> snippets = new ArrayList<>();
        for (String part : ("\n" + text(file)).split("\n" + BEGIN)) {
            if (!part.isBlank()) {
                snippets.add(of(file, part));
            }
        }
        return snippets;
    }

    private static String text(String file) {
        try (InputStream in = Snippet.class.getResourceAsStream("corpus/" + file + ".txt")) {
            if (in == null) {
                throw new IllegalArgumentException("no corpus " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Snippet of(String file, String part) {
        String[] sections = part.split("\n" + RESULT);
        int end = sections[0].indexOf('\n');
        Map<String, String> expected = new LinkedHashMap<>();
        for (int i = 1; i < sections.length; i++) {
            String[] section = (sections[i] + "\n").split("\n", 2);
            expected.put(section[0], signs(section[1].strip()));
        }
        String source = end < 0 ? "" : sections[0].substring(end + 1);
        return new Snippet(file + ": " + sections[0].lines().findFirst().orElse(""), signs(source), expected);
    }

    private static String signs(String text) {
        return text.replace("{CR}", "\r").replace("{SP}", " ").replace("{BOM}", "\ufeff");
    }

    @Override
    public String toString() {
        return name;
    }
}
