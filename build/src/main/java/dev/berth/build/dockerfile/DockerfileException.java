package dev.berth.build.dockerfile;

import java.io.Serial;

/** A Dockerfile does not say what it should. The message is one line for the user, in Docker's words where it has any. */
public final class DockerfileException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final String name;
    private final Location location;
    private final String reason;
    private final String excerpt;

    /**
     * @param name the file's
     * @param source its whole text
     * @param reason what is wrong
     */
    public DockerfileException(String name, String source, Location location, String reason) {
        super("dockerfile parse error on line " + location.first() + ": " + reason);
        this.name = name;
        this.location = location;
        this.reason = reason;
        this.excerpt = Excerpt.of(name, source, location);
    }

    /** The file's name. */
    public String name() {
        return name;
    }

    public Location location() {
        return location;
    }

    /** What is wrong, without where. */
    public String reason() {
        return reason;
    }

    /** The lines and those around them, as {@link Excerpt} draws them; ends with a line feed, empty for lines that are not there. */
    public String excerpt() {
        return excerpt;
    }
}
