package dev.berth.embedded;

/**
 * A line that a container has printed.
 *
 * @param text read as UTF-8, without its line feed
 */
public record LogLine(Source source, String text) {
    /** Where it was printed. */
    public enum Source {
        OUTPUT,
        ERRORS
    }
}
