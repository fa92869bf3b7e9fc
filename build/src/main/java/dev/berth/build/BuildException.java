package dev.berth.build;

import java.io.Serial;
import java.util.Optional;

/** A build could not go on. The message says what was being done, to what, why it failed and what to do. */
public final class BuildException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final Kind kind;
    private final String excerpt;
    private final int exitCode;

    private BuildException(Kind kind, String message, String excerpt, int exitCode, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.excerpt = excerpt;
        this.exitCode = exitCode;
    }

    private BuildException(Kind kind, String message, int exitCode) {
        super(message);
        this.kind = kind;
        this.excerpt = "";
        this.exitCode = exitCode;
    }

    /** What was asked for makes no sense: a Dockerfile, a context, a parameter. */
    public static BuildException invalid(String message) {
        return new BuildException(Kind.INVALID, message, 0);
    }

    /** A step failed. */
    public static BuildException failed(String message, Throwable cause) {
        return new BuildException(Kind.FAILED, message, "", 0, cause);
    }

    /** As {@link #failed(String, Throwable)}, for what says all by itself. */
    public static BuildException failed(String message) {
        return new BuildException(Kind.FAILED, message, 0);
    }

    /** A step's command ended with this code, which is not 0. */
    public static BuildException exited(String command, int code) {
        return new BuildException(Kind.FAILED, "The command '" + command + "' returned a non-zero code: " + code, code);
    }

    /** The code that a step's command ended with, where that is what failed. */
    public Optional<Integer> exitCode() {
        return exitCode == 0 ? Optional.empty() : Optional.of(exitCode);
    }

    /** The same, at these lines of the Dockerfile, unless it is known to be at others: a stage may have waited for it. */
    public BuildException at(String lines) {
        return !excerpt.isEmpty()
                ? this
                : new BuildException(kind, String.valueOf(getMessage()), lines, exitCode, this);
    }

    /** The lines of the Dockerfile that it is about, in their context; empty where it is about none. */
    public String excerpt() {
        return excerpt;
    }

    public Kind kind() {
        return kind;
    }

    /** Whose affair it is. */
    public enum Kind {
        INVALID,
        FAILED
    }
}
