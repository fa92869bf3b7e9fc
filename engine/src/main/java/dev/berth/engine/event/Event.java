package dev.berth.engine.event;

import java.time.Instant;
import java.util.Map;

/**
 * Something that happened.
 *
 * @param type what to
 * @param action in Docker's words: {@code create}, {@code exec_start: sh}, {@code health_status: healthy}…
 * @param actorId the container's id, or the image's name or id, the volume's name
 * @param attributes what Docker tells of the actor: {@code name}, {@code image}, labels, {@code exitCode}…
 */
public record Event(Type type, String action, String actorId, Map<String, String> attributes, Instant at) {
    /** What something happened to. */
    public enum Type {
        CONTAINER("container"),
        IMAGE("image"),
        NETWORK("network"),
        VOLUME("volume"),
        DAEMON("daemon");

        private final String word;

        Type(String word) {
            this.word = word;
        }

        /** As Docker's JSON names it. */
        public String word() {
            return word;
        }
    }
}
