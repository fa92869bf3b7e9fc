package dev.berth.build.dockerfile;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which checks are made: {@code skip=A,B;experimental=all;error=true}.
 *
 * @param skipAll whether no check is made but experimental ones that are asked for
 * @param skipped the names of those that are not made
 * @param experimentalAll whether all experimental ones are made
 * @param experimental the names of those that are
 * @param failing whether a build with warnings fails
 */
public record CheckOptions(
        boolean skipAll, Set<String> skipped, boolean experimentalAll, Set<String> experimental, boolean failing) {
    /** The build argument that stands in for the directive. */
    static final String ARGUMENT = "BUILDKIT_DOCKERFILE_CHECK";

    public static final CheckOptions DEFAULT = new CheckOptions(false, Set.of(), false, Set.of(), false);

    public CheckOptions {
        skipped = Set.copyOf(skipped);
        experimental = Set.copyOf(experimental);
    }

    /** @throws LanguageException for options that there are not */
    public static CheckOptions parse(String text) {
        CheckOptions options = DEFAULT;
        if (!text.isBlank()) {
            for (String part : text.split(";", 3)) {
                options = options.with(part);
            }
        }
        return options;
    }

    private CheckOptions with(String part) {
        int equals = part.indexOf('=');
        if (equals < 0) {
            throw new LanguageException("invalid check option " + Text.quote(part));
        }
        String key = part.substring(0, equals).strip();
        String value = part.substring(equals + 1).strip();
        boolean everything = value.equals("all");
        Set<String> names = everything
                ? Set.of()
                : Stream.of(value.split(",")).map(String::strip).collect(Collectors.toSet());
        return switch (key) {
            case "skip" -> new CheckOptions(everything, names, experimentalAll, experimental, failing);
            case "experimental" -> new CheckOptions(skipAll, skipped, everything, names, failing);
            case "error" -> new CheckOptions(skipAll, skipped, experimentalAll, experimental, isTrue(part, value));
            default -> throw new LanguageException("invalid check option " + Text.quote(key));
        };
    }

    private static boolean isTrue(String part, String value) {
        return Text.truth(value)
                .orElseThrow(() -> new LanguageException("failed to parse check option " + Text.quote(part) + ": "
                        + Text.quote(value) + " is neither true nor false"));
    }

    /**
     * A file's own, or those that a build argument has in their place.
     *
     * @throws DockerfileException for options that there are not
     */
    public static CheckOptions of(Dockerfile file, BuildArguments given) {
        String text = given.get(ARGUMENT).or(() -> file.directives().check()).orElse("");
        try {
            return parse(Text.split(text, 2).getFirst());
        } catch (LanguageException e) {
            throw file.error(Location.line(1), "failed to parse check options: " + e.reason());
        }
    }

    /** The same, with what the comments right above an instruction say; what makes no sense there is a comment. */
    CheckOptions and(List<String> comments) {
        for (String comment : comments) {
            try {
                Directives.Reader reader = new Directives.Reader();
                reader.read("#" + comment);
                Optional<String> check = reader.directives().check();
                if (check.isPresent()) {
                    return and(parse(Text.split(check.get(), 2).getFirst()));
                }
            } catch (LanguageException e) {
                return this;
            }
        }
        return this;
    }

    private CheckOptions and(CheckOptions more) {
        return new CheckOptions(
                skipAll || more.skipAll,
                union(skipped, more.skipped),
                experimentalAll || more.experimentalAll,
                union(experimental, more.experimental),
                failing);
    }

    private static Set<String> union(Set<String> some, Set<String> others) {
        Set<String> all = new HashSet<>(some);
        all.addAll(others);
        return all;
    }

    boolean wants(CheckRule rule) {
        return rule.isExperimental()
                ? experimentalAll || experimental.contains(rule.title())
                : !skipAll && !skipped.contains(rule.title());
    }
}
