package dev.berth.build.dockerfile;

import java.io.Serial;

/** A Dockerfile does not say what it should, or what it says cannot be done. The message is one line for the user, in Docker's words where it has any. */
public final class DockerfileException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final String name;
    private final Location location;
    private final String reason;
    private final String excerpt;

    private DockerfileException(String name, String source, Location location, String reason, String message) {
        super(message);
        this.name = name;
        this.location = location;
        this.reason = reason;
        this.excerpt = Excerpt.of(name, source, location);
    }

    /** Something that the file cannot say. */
    static DockerfileException parsing(String name, String source, Location location, String reason) {
        String message = "dockerfile parse error on line " + location.first() + ": " + reason;
        return new DockerfileException(name, source, location, reason, message);
    }

    /** Something that it says and that cannot be done. */
    static DockerfileException building(String name, String source, Location location, String reason) {
        return new DockerfileException(name, source, location, reason, reason);
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
