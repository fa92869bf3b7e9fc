package dev.berth.image.registry;

import dev.berth.image.oci.Digest;
import java.util.Optional;

/** A step of a pull or a push, as a progress stream tells it. */
public sealed interface TransferEvent {
    /**
     * A sentence about the whole, such as {@code Digest: sha256:…}.
     *
     * @param id what stands before it, such as the tag in {@code latest: Pulling from library/debian}; may be empty
     */
    record Message(Optional<String> id, String text) implements TransferEvent {}

    /**
     * Where a layer is.
     *
     * @param id the layer's short ID, twelve hexadecimal digits
     * @param current bytes done in this phase; zero where the phase has no measure
     * @param total bytes to do in this phase; zero where that is unknown or the phase has no measure
     */
    record Layer(String id, Phase phase, long current, long total) implements TransferEvent {}

    /** A push is complete: Docker tells it apart from the messages ({@code aux}). */
    record Pushed(String tag, Digest digest, long size) implements TransferEvent {}

    /**
     * How far a download from somewhere else than a registry is.
     *
     * @param current bytes that are here
     * @param total bytes there are; zero where that is unknown
     */
    record Measure(String text, long current, long total) implements TransferEvent {}

    /** What happens to a layer; the words are those that Docker's clients show. */
    enum Phase {
        PULLING("Pulling fs layer"),
        WAITING("Waiting"),
        DOWNLOADING("Downloading"),
        VERIFYING("Verifying Checksum"),
        DOWNLOADED("Download complete"),
        EXTRACTING("Extracting"),
        PULLED("Pull complete"),
        EXISTS("Already exists"),
        PREPARING("Preparing"),
        PUSHING("Pushing"),
        PUSHED("Pushed"),
        EXISTS_THERE("Layer already exists"),
        MOUNTED("Mounted");

        private final String words;

        Phase(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }
    }
}
