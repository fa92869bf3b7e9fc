package dev.berth.conformance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A Dockerfile to build. In a file of them, {@code === name} begins one, lines with {@code $} are what the shell makes its
 * context by, lines with {@code %} are options of the build, and the rest is the Dockerfile.
 *
 * @param name of its file and of itself
 * @param context a script
 * @param options as the shell takes them
 */
record BuildCase(String name, String context, String options, String dockerfile) {
    private static final String BEGIN = "=== ";

    static List<BuildCase> read(String file) throws IOException {
        List<BuildCase> cases = new ArrayList<>();
        String text = "\n" + Differences.text("building/" + file + ".txt");
        for (String part : Arrays.asList(text.split("\n" + BEGIN))) {
            if (!part.isBlank()) {
                List<String> lines = part.lines().toList();
                cases.add(new BuildCase(
                        file + ": " + lines.getFirst(),
                        marked(lines, "$ "),
                        marked(lines, "% "),
                        lines.stream()
                                .skip(1)
                                .filter(line -> !line.startsWith("$ ") && !line.startsWith("% "))
                                .collect(Collectors.joining("\n", "", "\n"))));
            }
        }
        return cases;
    }

    private static String marked(List<String> lines, String mark) {
        return lines.stream()
                .filter(line -> line.startsWith(mark))
                .map(line -> line.substring(mark.length()))
                .collect(Collectors.joining("\n"));
    }
}
