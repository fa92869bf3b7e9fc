package dev.berth.testcontainers;

import java.util.Locale;

/** When Testcontainers runs on an engine in a JVM beside its own. */
enum Mode {
    /** Also where a Docker is found, unless one is named by {@code DOCKER_HOST} or {@code docker.host}. */
    ALWAYS,
    /** Where no Docker is found. */
    FALLBACK,
    OFF;

    private static final String PROPERTY = "berth.testcontainers";
    private static final String VARIABLE = "BERTH_TESTCONTAINERS";

    /**
     * What the system property says, or the environment; FALLBACK where neither does.
     *
     * @throws IllegalArgumentException for a word that is none of the three
     */
    static Mode configured() {
        return parse(word());
    }

    /** The word itself, in small letters; empty where nothing is said. */
    static String word() {
        String property = System.getProperty(PROPERTY, "");
        String word = property.isEmpty() ? System.getenv().getOrDefault(VARIABLE, "") : property;
        return word.toLowerCase(Locale.ROOT);
    }

    static Mode parse(String word) {
        return switch (word) {
            case "always" -> ALWAYS;
            case "", "fallback" -> FALLBACK;
            case "off" -> OFF;
            default ->
                throw new IllegalArgumentException(PROPERTY + " (or " + VARIABLE + " in the environment) is \"" + word
                        + "\": always, fallback or off is expected");
        };
    }
}
