package dev.berth.build;

import dev.berth.build.dockerfile.CheckWarning;
import dev.berth.build.dockerfile.Dockerfile;
import dev.berth.build.output.BuildResult;
import dev.berth.image.oci.Digest;
import dev.berth.image.registry.TransferListener;

/** Told how a build goes on; one call at a time. A call that takes its time holds the build up. */
public interface BuildListener {
    /** What Docker's builder prints, steps in the order that they have in the Dockerfile. */
    void text(String text);

    /**
     * Whether what stages print is told as it is printed, by {@link #text(int, String)}, and not one stage behind the other.
     */
    default boolean sideBySide() {
        return false;
    }

    /** What a stage prints, which has this number among those that are built. */
    default void text(int stage, String text) {
        text(text);
    }

    /** A stage has failed, and the build with it. */
    default void failed(int stage) {}

    /** All that was built, before its ID. */
    default void result(BuildResult result) {}

    /** What is read of other caches and written to them, and what is wrong with one; by lines. */
    default void cache(String line) {
        text(line + "\n");
    }

    /** Something doubtful that was found in the Dockerfile; told as text too. */
    default void warning(Dockerfile file, CheckWarning warning) {}

    /** Something has happened to a step; steps of several stages are told of as they come. */
    default void step(StepEvent event) {}

    /** What was built; the last call of a build that came to something. */
    void built(Digest image);

    /** Told of base images on their way. */
    TransferListener transfers();
}
