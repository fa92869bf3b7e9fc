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
    public String full(Dockerfile file) {
        return "\nWARNING: " + rule.title() + " - " + rule.url() + "\n" + message + "\n"
                + Excerpt.of(file.name(), file.source(), location);
    }
}
