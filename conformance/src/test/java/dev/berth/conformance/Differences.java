package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What may differ between another daemon and ours: a file with reasons, each followed by what it holds for, indented by four
 * spaces.
 */
record Differences(List<String> intended) {
    static Differences read(String resource) throws IOException {
        return new Differences(text(resource)
                .lines()
                .filter(line -> line.startsWith("    "))
                .map(String::strip)
                .toList());
    }

    static String text(String resource) throws IOException {
        try (InputStream in = Objects.requireNonNull(Differences.class.getResourceAsStream(resource), resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Everything else is the same, and each of them does differ; {@code *} in an intended one stands for anything. */
    void areAllBetween(Map<String, String> theirs, Map<String, String> ours) {
        Map<String, String> different = new TreeMap<>();
        TreeSet<String> places = new TreeSet<>(theirs.keySet());
        places.addAll(ours.keySet());
        for (String place : places) {
            String other = theirs.getOrDefault(place, "(is not there)");
            String own = ours.getOrDefault(place, "(is not there)");
            if (!own.equals(other)) {
                different.put(place, "--- docker: " + other + "\n--- berth:  " + own);
            }
        }
        List<String> without = new ArrayList<>();
        for (String pattern : intended) {
            Pattern meant = Pattern.compile(pattern.lines()
                    .flatMap(line -> List.of(line.split("\\*", -1)).stream().map(Pattern::quote))
                    .collect(Collectors.joining(".*")));
            if (!different.keySet().removeIf(place -> meant.matcher(place).matches())) {
                without.add(pattern);
            }
        }
        assertThat(different.entrySet().stream()
                        .map(e -> e.getKey() + "\n" + e.getValue())
                        .collect(Collectors.joining("\n")))
                .as(different.size() + " of " + places.size() + " differ")
                .isEmpty();
        assertThat(without).as("what is intended to differ, and does not").isEmpty();
    }
}
