package dev.berth.build.dockerfile;

import java.io.Serial;

/** Something is wrong with a piece of a Dockerfile, said without where it stands; {@link DockerfileException} tells that too. */
public final class LanguageException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    public LanguageException(String message) {
        super(message);
    }

    public String reason() {
        return String.valueOf(getMessage());
    }
}
