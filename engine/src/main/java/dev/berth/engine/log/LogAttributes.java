package dev.berth.engine.log;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What each message of a log says of its container: labels and variables that are chosen by name or pattern, and a tag.
 *
 * @param tag the template of the tag; empty for the driver's own
 */
record LogAttributes(
        List<String> labels,
        Optional<Pattern> labelPattern,
        List<String> env,
        Optional<Pattern> envPattern,
        String tag) {
    static final LogAttributes NONE = new LogAttributes(List.of(), Optional.empty(), List.of(), Optional.empty(), "");

    /** @throws IllegalArgumentException for a malformed pattern or template */
    static LogAttributes of(Map<String, String> options) {
        String tag = options.getOrDefault("tag", "");
        LogTag.check(tag);
        return new LogAttributes(
                names(options.getOrDefault("labels", "")),
                pattern(options.getOrDefault("labels-regex", "")),
                names(options.getOrDefault("env", "")),
                pattern(options.getOrDefault("env-regex", "")),
                tag);
    }

    /** The chosen labels and variables, by name. */
    SortedMap<String, String> chosen(LogSource source, UnaryOperator<String> rename) {
        SortedMap<String, String> chosen = new TreeMap<>();
        choose(source.labels(), labels, labelPattern, rename, chosen);
        Map<String, String> variables = new HashMap<>();
        for (String variable : source.env()) {
            int equals = variable.indexOf('=');
            if (equals >= 0) {
                variables.put(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        choose(variables, env, envPattern, rename, chosen);
        return chosen;
    }

    /** As {@link #chosen}, with the tag where there is one: what Docker's files have. */
    SortedMap<String, String> withTag(LogSource source) {
        SortedMap<String, String> all = chosen(source, UnaryOperator.identity());
        String text = tag.isEmpty() ? "" : LogTag.of(tag, source);
        if (!text.isEmpty()) {
            all.put("tag", text);
        }
        return all;
    }

    /** The tag, which is the container's short id where none is asked for. */
    String tagOr(LogSource source) {
        return tag.isEmpty() ? source.shortId() : LogTag.of(tag, source);
    }

    private static void choose(
            Map<String, String> from,
            List<String> names,
            Optional<Pattern> pattern,
            UnaryOperator<String> rename,
            Map<String, String> into) {
        from.forEach((name, value) -> {
            if (names.contains(name)
                    || pattern.filter(p -> p.matcher(name).find()).isPresent()) {
                into.put(rename.apply(name), value);
            }
        });
    }

    private static List<String> names(String list) {
        return list.isEmpty() ? List.of() : List.of(list.split(",", -1));
    }

    private static Optional<Pattern> pattern(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Pattern.compile(text));
        } catch (PatternSyntaxException e) {
            String why = switch (e.getDescription()) {
                case "Unclosed group" -> "missing closing )"; // as Go says it
                case "Unclosed character class" -> "missing closing ]";
                default -> e.getDescription();
            };
            throw new IllegalArgumentException("error parsing regexp: " + why + ": `" + text + "`", e);
        }
    }
}
