package dev.berth.image.oci;

import java.io.IOException;

/**
 * A request about images that can't be met, in words meant for the user. An {@link IOException}, so that callers who
 * only pass failures on need not tell it from a failing disk.
 */
public final class ImageException extends IOException {
    /** Why, as far as a caller acts differently on it. */
    public enum Kind {
        /** There is no such image, tag, blob or repository. */
        NOT_FOUND,
        /** The request is at odds with what is there; force or another order of steps may help. */
        CONFLICT,
        /** The name fits more than one image. */
        AMBIGUOUS,
        /** The user's words are malformed: a reference, an option. */
        BAD_REQUEST,
        /** Data from elsewhere is malformed, does not have the digest or size it was announced with, or is hostile. */
        INVALID,
        /** Data from elsewhere is larger than a limit allows. */
        TOO_LARGE,
        /** There is no variant of the image for the platform asked for. */
        NO_MATCHING_PLATFORM,
        /** The other side wants credentials or refuses those given. */
        UNAUTHORIZED,
        /** The other side knows who asks and refuses. */
        FORBIDDEN,
        /** The other side can't be reached or does not work. */
        UNAVAILABLE,
        /** The disk is full. */
        NO_SPACE,
    }

    private final Kind kind;

    public ImageException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public ImageException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** Why. */
    public Kind kind() {
        return kind;
    }

    /** The exception for data from elsewhere that is malformed. */
    public static ImageException invalid(String message) {
        return new ImageException(Kind.INVALID, message);
    }

    /** The exception for data from elsewhere that is larger than allowed. */
    public static ImageException tooLarge(String message) {
        return new ImageException(Kind.TOO_LARGE, message);
    }
}
