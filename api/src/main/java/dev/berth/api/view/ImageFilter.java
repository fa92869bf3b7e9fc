package dev.berth.api.view;

import dev.berth.engine.error.EngineException;
import dev.berth.image.Image;
import dev.berth.image.Images;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Which images {@code images --filter} shows. */
public final class ImageFilter {
    private static final Set<String> KNOWN = Set.of("dangling", "label", "before", "since", "reference", "until");

    private final Map<String, List<String>> filters;
    private Instant before = Instant.MAX;
    private Instant since = Instant.MIN;

    /**
     * Reads the filters.
     *
     * @throws EngineException INVALID for an unknown one
     */
    public ImageFilter(Images images, Map<String, List<String>> filters) throws IOException {
        this.filters = filters;
        for (Map.Entry<String, List<String>> filter : filters.entrySet()) {
            if (!KNOWN.contains(filter.getKey())) {
                throw EngineException.invalid("invalid filter '" + filter.getKey() + "'");
            }
            for (String value : filter.getValue()) {
                if (filter.getKey().equals("before")) {
                    before = images.find(value).created();
                } else if (filter.getKey().equals("since")) {
                    since = images.find(value).created();
                }
            }
        }
    }

    public boolean passes(Image image) {
        return image.created().isBefore(before)
                && image.created().isAfter(since)
                && dangling(image)
                && labels(image)
                && references(image);
    }

    private boolean dangling(Image image) {
        List<String> values = filters.getOrDefault("dangling", List.of());
        return values.isEmpty()
                || values.stream()
                        .anyMatch(value -> (value.equals("true") || value.equals("1"))
                                == image.repoTags().isEmpty());
    }

    private boolean labels(Image image) {
        return filters.getOrDefault("label", List.of()).stream().allMatch(wanted -> {
            int equals = wanted.indexOf('=');
            String name = equals < 0 ? wanted : wanted.substring(0, equals);
            String value = image.config().config().labels().get(name);
            return value != null && (equals < 0 || value.equals(wanted.substring(equals + 1)));
        });
    }

    private boolean references(Image image) {
        List<String> patterns = filters.getOrDefault("reference", List.of());
        return patterns.isEmpty()
                || patterns.stream()
                        .anyMatch(pattern -> image.repoTags().stream().anyMatch(name -> matches(pattern, name)));
    }

    /** As a shell matches names: a star does not cross a slash. A pattern without a tag means all of them. */
    private static boolean matches(String pattern, String name) {
        String repository = name.substring(0, name.lastIndexOf(':'));
        StringBuilder regex = new StringBuilder();
        for (char c : pattern.toCharArray()) {
            regex.append(
                    switch (c) {
                        case '*' -> "[^/]*";
                        case '?' -> "[^/]";
                        default -> Pattern.quote(String.valueOf(c));
                    });
        }
        Pattern compiled = Pattern.compile(regex.toString());
        return compiled.matcher(name).matches() || compiled.matcher(repository).matches();
    }
}
