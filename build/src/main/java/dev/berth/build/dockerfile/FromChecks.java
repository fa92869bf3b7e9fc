package dev.berth.build.dockerfile;

import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Platform;
import dev.berth.image.registry.Reference;
import java.util.Optional;
import java.util.Set;

/** The checks of what stages are built upon. */
final class FromChecks {
    private static final String TARGET_PLATFORM = "TARGETPLATFORM";

    private final Dockerfile file;
    private final GlobalVariables globals;
    private final BuildPlatforms platforms;
    private final Findings findings;

    FromChecks(Dockerfile file, GlobalVariables globals, BuildPlatforms platforms, Findings findings) {
        this.file = file;
        this.globals = globals;
        this.platforms = platforms;
        this.findings = findings;
    }

    void run() {
        defaults();
        for (Stage stage : file.stages()) {
            declared(stage, globals.baseExpansion(stage).missing());
            globals.platformExpansion(stage).ifPresent(expansion -> platform(stage, expansion));
        }
    }

    /** A base must also be one when nobody gives any argument. */
    private void defaults() {
        GlobalVariables bare;
        try {
            bare = GlobalVariables.of(file, BuildArguments.NONE, platforms, Optional.empty());
        } catch (DockerfileException e) {
            return; // an argument that has to be given; without it there is nothing to look at
        }
        for (Stage stage : file.stages()) {
            try {
                Reference.parse(bare.baseExpansion(stage).text());
            } catch (ImageException e) {
                findings.add(
                        CheckRule.INVALID_DEFAULT_ARG_IN_FROM,
                        stage.location(),
                        "Default value for ARG " + stage.base() + " results in empty or invalid base image name");
            } catch (DockerfileException e) {
                return;
            }
        }
    }

    private void declared(Stage stage, Set<String> missing) {
        for (String name : missing) {
            if (!globals.known().contains(name)) {
                findings.add(
                        CheckRule.UNDEFINED_ARG_IN_FROM,
                        stage.from().origin(),
                        Suggestion.append("FROM argument '" + name + "' is not declared", name, globals.known()));
            }
        }
    }

    private void platform(Stage stage, Expansion.Result expansion) {
        declared(stage, expansion.missing());
        boolean onlyTarget = expansion.used().equals(Set.of(TARGET_PLATFORM))
                && expansion.missing().isEmpty();
        if (onlyTarget && globals.get(TARGET_PLATFORM).equals(Optional.of(expansion.text()))) {
            findings.add(
                    CheckRule.REDUNDANT_TARGET_PLATFORM,
                    stage.from().origin(),
                    "Setting platform to predefined " + stage.platform().orElse("")
                            + " in FROM is redundant as this is the default behavior");
        }
        if (expansion.used().isEmpty() && expansion.missing().isEmpty() && !isNamedAfter(stage, expansion.text())) {
            findings.add(
                    CheckRule.FROM_PLATFORM_FLAG_CONST_DISALLOWED,
                    stage.from().origin(),
                    "FROM --platform flag should not use constant value " + Text.quote(expansion.text()));
        }
    }

    /** A stage that has its platform in its name is meant to have it; and what is no platform fails later. */
    private static boolean isNamedAfter(Stage stage, String text) {
        String name = stage.name().orElse("");
        try {
            Platform platform = Platform.parse(text);
            return name.contains(platform.os()) || name.contains(platform.architecture());
        } catch (ImageException e) {
            return true;
        }
    }
}
