package dev.berth.build.dockerfile;

/**
 * Something doubtful in a Dockerfile.
 *
 * @param message what it is, with the names of what it is about
 */
public record CheckWarning(CheckRule rule, String message, Location location) {
    /** In one line, as a build tells of it in passing. */
    public String brief() {
        return rule.title() + ": " + message + " (line " + location.first() + ")";
    }

    /** In full, as {@code --check} prints it: the rule, the page that explains it, and the lines. */
    public String full(String name, String source) {
        String page = rule.url().isEmpty() ? "" : " - " + rule.url();
        return "\nWARNING: " + rule.title() + page + "\n" + message + "\n" + Excerpt.of(name, source, location);
    }
}
