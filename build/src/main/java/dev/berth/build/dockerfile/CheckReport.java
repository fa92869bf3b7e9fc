package dev.berth.build.dockerfile;

import java.util.List;
import java.util.Optional;

/**
 * What was found in a Dockerfile.
 *
 * @param warnings by lines
 * @param unused what was given with {@code --build-arg} and nobody takes
 * @param failing whether a build is to fail for them
 * @param error why the rest could not be looked at
 */
public record CheckReport(
        List<CheckWarning> warnings, List<String> unused, boolean failing, Optional<DockerfileException> error) {
    public CheckReport {
        unused = List.copyOf(unused);
        warnings = List.copyOf(warnings);
    }

    /** Why a build fails for the warnings; nothing where it does not. */
    public Optional<String> failure() {
        List<String> rules = warnings.stream()
                .map(warning -> warning.rule().title())
                .distinct()
                .toList();
        return failing && !rules.isEmpty()
                ? Optional.of("lint violation found for rules: " + String.join(", ", rules))
                : Optional.empty();
    }
}
