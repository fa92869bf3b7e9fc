package dev.berth.image.registry;

import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.JsonObject;
import java.io.IOException;
import java.util.Locale;

/** Turns a registry's refusal into an exception with its words (OCI distribution-spec, "Error Codes"). */
final class RegistryError {
    private static final int TOO_MANY_REQUESTS = 429;
    /** By this word at the beginning, people and programs know that they have asked too often. */
    private static final String RATE_LIMIT = "toomanyrequests";

    private RegistryError() {}

    /**
     * The exception for an answer that is none of those hoped for; reads its body.
     *
     * @param action what the request was for
     */
    static ImageException of(Answer answer, String action) {
        String words = words(answer);
        if (answer.status() == TOO_MANY_REQUESTS) {
            String prefix = words.startsWith(RATE_LIMIT) ? "" : RATE_LIMIT + ": ";
            return new ImageException(ImageException.Kind.UNAVAILABLE, prefix + words);
        }
        return new ImageException(kind(answer.status()), action + ": " + words);
    }

    /** The registry's words, or what its status means: {@code manifest unknown: manifest unknown}. */
    static String words(Answer answer) {
        String text = "";
        try {
            text = text(answer.read(RegistryLimits.ANSWER_BYTES, "error"));
        } catch (IOException e) {
            text = ""; // the status must do
        }
        return text.isEmpty() ? answer.uri().getHost() + " answered with status " + answer.status() : text;
    }

    static ImageException.Kind kind(int status) {
        return switch (status) {
            case 401 -> ImageException.Kind.UNAUTHORIZED;
            case 403 -> ImageException.Kind.FORBIDDEN;
            case 404 -> ImageException.Kind.NOT_FOUND;
            case 413 -> ImageException.Kind.TOO_LARGE;
            default -> status >= 500 || status == 429 ? ImageException.Kind.UNAVAILABLE : ImageException.Kind.INVALID;
        };
    }

    /** Text from a stranger, cut to a reasonable length and without control characters. */
    static String printable(String text) {
        String cut = text.length() <= RegistryLimits.ERROR_CHARS
                ? text
                : text.substring(0, RegistryLimits.ERROR_CHARS) + "…";
        return cut.replaceAll("\\p{Cntrl}+", " ").strip();
    }

    private static String text(byte[] body) throws ImageException {
        if (body.length == 0 || body[0] != '{') {
            return "";
        }
        JsonObject json = JsonObject.parse(body, "error");
        for (JsonObject error : json.objects("errors")) {
            String code = error.string("code").toLowerCase(Locale.ROOT).replace('_', ' ');
            String message = error.string("message");
            return printable(message.isEmpty() ? code : code + ": " + message);
        }
        String oauth = json.string("error_description");
        return printable(oauth.isEmpty() ? json.string("details") : oauth);
    }
}
