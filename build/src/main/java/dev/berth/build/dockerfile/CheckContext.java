package dev.berth.build.dockerfile;

import dev.berth.build.context.IgnoreFile;
import dev.berth.image.oci.Platform;
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
    /** Knows the images that stages are built upon. */
    @FunctionalInterface
    public interface Bases {
        /**
         * What an image brings with it.
         *
         * @param reference its name as the file has it, or {@code scratch}
         * @param platform what its FROM asks for; empty for the build's
         */
        Base base(String reference, Optional<Platform> platform);
    }

    /**
     * What an image brings with it.
     *
     * @param environment each {@code NAME=value}
     * @param hasShell whether it says itself which shell it has (SHELL)
     * @param triggers what it has ONBUILD
     */
    public record Base(List<String> environment, boolean hasShell, List<String> triggers) {
        public static final Base EMPTY = new Base(List.of(), false, List.of());

        public Base {
            environment = List.copyOf(environment);
            triggers = List.copyOf(triggers);
        }
    }
}
