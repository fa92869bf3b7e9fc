package dev.berth.build.dockerfile;

import dev.berth.build.context.IgnoreFile;
import dev.berth.image.oci.Platform;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What a Dockerfile is checked against.
 *
 * @param target the stage that is asked for; nothing for the last one
 * @param everyStage whether stages are looked at that the target does not need
 * @param ignored what of the context is left out
 * @param bases what images stages are built upon
 */
public record CheckContext(
        BuildArguments given,
        BuildPlatforms platforms,
        Optional<String> target,
        boolean everyStage,
        IgnoreFile ignored,
        Bases bases) {
    /**
     * The image that a stage is built upon.
     *
     * @throws DockerfileException where it cannot be had, with the reason as its cause
     */
    Base base(Dockerfile file, Stage stage, GlobalVariables globals) {
        try {
            return bases.base(globals.base(stage), globals.platform(stage));
        } catch (IOException e) {
            DockerfileException error = file.error(stage.location(), String.valueOf(e.getMessage()));
            error.initCause(e);
            throw error;
        }
    }

    /** Knows the images that stages are built upon. */
    @FunctionalInterface
    public interface Bases {
        /**
         * What an image brings with it.
         *
         * @param reference its name as the file has it, or {@code scratch}
         * @param platform what its FROM asks for; empty for the build's
         * @throws IOException where it cannot be had
         */
        Base base(String reference, Optional<Platform> platform) throws IOException;
    }

    /**
     * What an image brings with it.
     *
     * @param environment each {@code NAME=value}
     * @param hasShell whether it says itself which shell it has (SHELL)
     * @param triggers what it has ONBUILD
     * @param platform what it is for; empty for {@code scratch}
     */
    public record Base(List<String> environment, boolean hasShell, List<String> triggers, Optional<Platform> platform) {
        public static final Base EMPTY = new Base(List.of(), false, List.of(), Optional.empty());

        public Base {
            environment = List.copyOf(environment);
            triggers = List.copyOf(triggers);
        }
    }
}
