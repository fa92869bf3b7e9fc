package dev.berth.engine.container;

import dev.berth.engine.config.Filters;
import dev.berth.engine.error.EngineException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Which containers pass the filters of a query, in Docker's terms. */
final class ContainerFilter implements Predicate<Container> {
    private static final Set<String> LISTING = Set.of(
            "id",
            "name",
            "label",
            "status",
            "ancestor",
            "exited",
            "health",
            "is-task",
            "before",
            "since",
            "network",
            "volume",
            "publish",
            "expose",
            "isolation");
    private static final Set<String> PRUNING = Set.of("label", "label!", "until");
    private static final Set<String> STATUSES =
            Set.of("created", "running", "paused", "restarting", "removing", "exited", "dead");
    private static final int SHORT_ID_CHARS = 12;

    private final Map<String, List<String>> filters;
    private final PortFilter ports;
    private final ContainerIndex index;
    private final ImageNames images;

    /** What the images with these names are. */
    @FunctionalInterface
    interface ImageNames {
        /** The id of the image that a name stands for; empty where there is none. */
        Optional<String> idOf(String name);
    }

    private ContainerFilter(Map<String, List<String>> filters, ContainerIndex index, ImageNames images) {
        this.filters = filters;
        this.ports =
                PortFilter.of(filters.getOrDefault("publish", List.of()), filters.getOrDefault("expose", List.of()));
        this.index = index;
        this.images = images;
    }

    /** @throws EngineException INVALID for a filter that does not exist or has a malformed value */
    static ContainerFilter listing(Map<String, List<String>> filters, ContainerIndex index, ImageNames images) {
        Filters.requireKnown(filters, LISTING);
        for (String status : filters.getOrDefault("status", List.of())) {
            if (!STATUSES.contains(status)) {
                throw EngineException.invalid("invalid filter 'status=" + status + "'");
            }
        }
        return new ContainerFilter(filters, index, images);
    }

    /** @throws EngineException INVALID for a filter that does not exist or has a malformed value */
    static ContainerFilter pruning(Map<String, List<String>> filters, ContainerIndex index) {
        Filters.requireKnown(filters, PRUNING);
        return new ContainerFilter(filters, index, name -> Optional.empty());
    }

    /** Whether containers that do not run may pass, although not all were asked for. */
    boolean asksForStopped() {
        return filters.containsKey("status") || filters.containsKey("exited");
    }

    @Override
    public boolean test(Container container) {
        return ports.fits(container)
                && filters.entrySet().stream()
                        .allMatch(filter -> filter.getKey().startsWith("label")
                                ? filter.getValue().stream().allMatch(value -> fits(container, filter.getKey(), value))
                                : filter.getValue().isEmpty()
                                        || filter.getValue().stream()
                                                .anyMatch(value -> fits(container, filter.getKey(), value)));
    }

    private boolean fits(Container container, String filter, String value) {
        State state = container.state();
        return switch (filter) {
            case "id" -> container.id().startsWith(value);
            case "name" -> matches(value, container.name());
            case "label" -> Filters.hasLabel(container.config().labels(), value);
            case "label!" -> !Filters.hasLabel(container.config().labels(), value);
            case "status" -> state.status().word().equals(value);
            case "exited" -> state.startedAt().isPresent() && !state.isRunning() && state.exitCode() == number(value);
            case "ancestor" -> isOf(container, value);
            case "health" ->
                container.health().map(Health::status).orElse("none").equals(value);
            case "before" -> created(container).isBefore(created(index.find(value)));
            case "since" -> created(container).isAfter(created(index.find(value)));
            case "until" -> created(container).isBefore(time(value));
            case "network" ->
                container.places().stream()
                        .anyMatch(place -> place.network().equals(value)
                                || (!place.networkId().isEmpty()
                                        && place.networkId().startsWith(value)));
            case "volume" ->
                Inspections.mounts(container).stream()
                        .anyMatch(mount -> mount.destination().equals(value)
                                || (mount.name().isEmpty() ? mount.source() : mount.name()).equals(value));
            case "publish", "expose" -> true; // by the filter of ports, both together
            case "isolation" -> value.equals("default");
            case "is-task" -> value.equals("false") || value.equals("0");
            default -> false;
        };
    }

    private boolean isOf(Container container, String image) {
        String own = container.snapshot().imageId();
        if (container.config().image().equals(image)) {
            return true;
        }
        String hex = own.substring(own.indexOf(':') + 1);
        return !own.isEmpty()
                && (own.equals(image)
                        || (image.length() >= SHORT_ID_CHARS && hex.startsWith(image))
                        || images.idOf(image).filter(own::equals).isPresent());
    }

    private static Instant created(Container container) {
        return container.snapshot().created();
    }

    private static boolean matches(String pattern, String name) {
        try {
            Pattern compiled = Pattern.compile(pattern);
            return compiled.matcher(name).find() || compiled.matcher("/" + name).find();
        } catch (PatternSyntaxException e) {
            throw EngineException.invalid("invalid filter 'name=" + pattern + "': it is no regular expression");
        }
    }

    private static int number(String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw EngineException.invalid("invalid filter 'exited=" + value + "': it is no number");
        }
    }

    /** Seconds since 1970, a time of RFC 3339, or a duration before now as Go writes it. */
    private static Instant time(String value) {
        try {
            if (value.matches("\\d{1,12}(\\.\\d{1,9})?")) {
                return Instant.ofEpochMilli((long) (Double.parseDouble(value) * 1000));
            }
            if (value.matches("(\\d{1,9}h)?(\\d{1,9}m)?(\\d{1,9}s)?") && !value.isEmpty()) {
                return Instant.now().minus(java.time.Duration.parse("PT" + value));
            }
            return OffsetDateTime.parse(value).toInstant();
        } catch (DateTimeException e) {
            throw EngineException.invalid("invalid filter 'until=" + value + "': it is no time");
        }
    }
}
