package dev.berth.engine.image;

import dev.berth.engine.config.Filters;
import dev.berth.engine.config.PointInTime;
import dev.berth.engine.error.EngineException;
import dev.berth.image.Image;
import dev.berth.image.Images;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which images, and which of their names, pass the filters of a query, in Docker's terms. */
final class ImageFilter {
    private static final Set<String> LISTING =
            Set.of("dangling", "label", "label!", "before", "since", "reference", "until");
    private static final Set<String> PRUNING = Set.of("dangling", "label", "label!", "until");

    private final Map<String, List<String>> filters;
    private final Optional<Boolean> dangling;
    private final List<NamePattern> references = new ArrayList<>();
    private Instant before = Instant.MAX;
    private Instant since = Instant.MIN;

    private ImageFilter(Map<String, List<String>> filters, Set<String> known) {
        Filters.requireKnown(filters, known);
        this.filters = filters;
        this.dangling = truth("dangling");
        for (String pattern : values("reference")) {
            references.add(NamePattern.of(pattern));
        }
        for (String until : values("until")) {
            restrictTo(PointInTime.parse("until", until));
        }
    }

    /**
     * What {@code images} shows.
     *
     * @throws EngineException INVALID for a filter that does not exist or has a malformed value
     * @throws dev.berth.image.oci.ImageException NOT_FOUND where {@code before} or {@code since} names no image
     */
    static ImageFilter listing(Images images, Map<String, List<String>> filters) throws IOException {
        ImageFilter filter = new ImageFilter(filters, LISTING);
        for (String name : filter.values("before")) {
            filter.restrictTo(images.find(name).created());
        }
        for (String name : filter.values("since")) {
            Instant created = images.find(name).created();
            filter.since = created.isAfter(filter.since) ? created : filter.since;
        }
        return filter;
    }

    /**
     * What {@code image prune} removes, as far as the filters tell.
     *
     * @throws EngineException INVALID for a filter that does not exist or has a malformed value
     */
    static ImageFilter pruning(Map<String, List<String>> filters) {
        return new ImageFilter(filters, PRUNING);
    }

    /** Whether all unused images are to be pruned, and not only those without a name. */
    boolean takesNamed() {
        return !dangling.orElse(true);
    }

    /** The image with those of its names that were asked for; empty if it does not pass. */
    Optional<Image> apply(Image image) {
        if (!passesTimeAndLabels(image)) {
            return Optional.empty();
        }
        Image shown = image;
        if (!references.isEmpty()) {
            shown = image.withNames(fitting(image.repoTags()), fitting(image.repoDigests()));
            if (shown.repoTags().isEmpty() && shown.repoDigests().isEmpty()) {
                return Optional.empty();
            }
        }
        boolean wanted =
                dangling.isEmpty() || dangling.get() == shown.repoTags().isEmpty();
        return wanted ? Optional.of(shown) : Optional.empty();
    }

    /** Whether the image passes whatever its names are. */
    boolean passesTimeAndLabels(Image image) {
        Map<String, String> labels = image.config().config().labels();
        return image.created().isBefore(before)
                && image.created().isAfter(since)
                && values("label").stream().allMatch(label -> Filters.hasLabel(labels, label))
                && values("label!").stream().noneMatch(label -> Filters.hasLabel(labels, label));
    }

    private List<String> fitting(List<String> names) {
        return names.stream()
                .filter(name -> references.stream()
                        .anyMatch(pattern -> pattern.matches(name) || pattern.matches(repository(name))))
                .toList();
    }

    private static String repository(String name) {
        int at = name.indexOf('@');
        return at < 0 ? name.substring(0, name.lastIndexOf(':')) : name.substring(0, at);
    }

    private void restrictTo(Instant end) {
        before = end.isBefore(before) ? end : before;
    }

    private List<String> values(String name) {
        return filters.getOrDefault(name, List.of());
    }

    private Optional<Boolean> truth(String name) {
        boolean yes = false;
        boolean no = false;
        for (String value : values(name)) {
            switch (value) {
                case "1", "true", "True", "TRUE", "t", "T" -> yes = true;
                case "0", "false", "False", "FALSE", "f", "F" -> no = true;
                default -> throw EngineException.invalid("invalid filter '" + name + "=[" + value + "]'");
            }
        }
        if (yes && no) {
            throw EngineException.invalid("invalid filter '" + name + "=[true false]'");
        }
        return yes || no ? Optional.of(yes) : Optional.empty();
    }
}
