package dev.berth.engine.volume;

import dev.berth.engine.config.Filters;
import dev.berth.engine.error.EngineException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Which volumes pass the filters of a query, in Docker's terms. */
final class VolumeFilter implements Predicate<Volume> {
    private static final Set<String> LISTING = Set.of("dangling", "name", "driver", "label");
    private static final Set<String> PRUNING = Set.of("label", "label!", "all");
    private static final Set<String> TRUE = Set.of("1", "true");
    private static final Set<String> FALSE = Set.of("0", "false");

    private final Map<String, List<String>> filters;

    private VolumeFilter(Map<String, List<String>> filters) {
        this.filters = filters;
    }

    /** @throws EngineException INVALID for a filter that does not exist or has a malformed value */
    static VolumeFilter listing(Map<String, List<String>> filters) {
        Filters.requireKnown(filters, LISTING);
        isTrue(filters, "dangling");
        return new VolumeFilter(filters);
    }

    /** Those that no container uses and whose files are their own; without {@code all}, anonymous ones. */
    static Predicate<Volume> pruning(Map<String, List<String>> filters) {
        Filters.requireKnown(filters, PRUNING);
        boolean all = isTrue(filters, "all");
        VolumeFilter filter = new VolumeFilter(filters);
        return volume -> volume.users().isEmpty()
                && volume.record().options().orElse(Map.of()).isEmpty()
                && (all || volume.isAnonymous())
                && filter.test(volume);
    }

    @Override
    public boolean test(Volume volume) {
        return filters.entrySet().stream().allMatch(filter -> fits(volume, filter.getKey(), filter.getValue()));
    }

    private boolean fits(Volume volume, String filter, List<String> values) {
        Map<String, String> labels = volume.record().labels().orElse(Map.of());
        return switch (filter) {
            case "dangling" -> volume.users().isEmpty() == isTrue(filters, "dangling");
            case "name" -> values.isEmpty() || values.stream().anyMatch(value -> matches(value, volume.name()));
            case "driver" -> values.isEmpty() || values.contains(VolumeInspection.DRIVER);
            case "label" -> values.stream().allMatch(label -> Filters.hasLabel(labels, label));
            case "label!" -> values.stream().noneMatch(label -> Filters.hasLabel(labels, label));
            default -> true; // all: it says which volumes are meant besides
        };
    }

    /** A name's pattern that is none fits nothing, as in Docker. */
    private static boolean matches(String pattern, String name) {
        try {
            return Pattern.compile(pattern).matcher(name).find();
        } catch (PatternSyntaxException e) {
            return false;
        }
    }

    private static boolean isTrue(Map<String, List<String>> filters, String name) {
        List<String> values = filters.getOrDefault(name, List.of("false"));
        boolean yes = values.stream().anyMatch(TRUE::contains);
        boolean no = values.stream().anyMatch(FALSE::contains);
        if (yes == no) {
            throw EngineException.invalid("invalid filter '" + name + "=" + values + "'");
        }
        return yes;
    }
}
