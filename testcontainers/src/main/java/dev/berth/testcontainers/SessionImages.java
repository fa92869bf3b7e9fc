package dev.berth.testcontainers;

import dev.berth.embedded.Images;

/** Images that a suite has built for itself alone: the real reaper would remove them after it. */
final class SessionImages {
    private static final String LABEL = "org.testcontainers.sessionId";

    private SessionImages() {}

    /** Removes those of earlier suites; what their steps came to stays. */
    static void removeOld(Images images) {
        images.list().stream()
                .filter(image -> image.labels().containsKey(LABEL))
                .flatMap(image -> image.names().stream())
                .forEach(images::remove);
    }
}
