package dev.berth.api.json;

import dev.berth.engine.error.EngineException;
import io.avaje.json.JsonException;
import io.avaje.jsonb.Jsonb;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads what clients send. Members that are not known are passed over; a document of another shape, or too deep for the
 * stack, is refused.
 */
public final class JsonBody {
    private static final int MOST_DEPTH = 64;

    private final Jsonb jsonb;

    public JsonBody(Jsonb jsonb) {
        this.jsonb = jsonb;
    }

    /**
     * Reads a document.
     *
     * @throws EngineException INVALID, with where and what is wrong
     */
    public <T> T read(byte[] document, Class<T> type) {
        byte[] json = isBlank(document) ? "{}".getBytes(StandardCharsets.US_ASCII) : document;
        check(json);
        try {
            T value = jsonb.type(type).fromJson(json);
            if (value == null) {
                throw EngineException.invalid("invalid JSON: an object is expected");
            }
            return value;
        } catch (JsonException | IllegalStateException | IndexOutOfBoundsException e) {
            throw new EngineException(
                    EngineException.Kind.INVALID, "invalid JSON: " + firstLine(String.valueOf(e.getMessage())), e);
        }
    }

    private static boolean isBlank(byte[] document) {
        for (byte b : document) {
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                return false;
            }
        }
        return true;
    }

    /** Looks at brackets alone: at how deep they nest, and at whether something follows the last. */
    private static void check(byte[] json) {
        int depth = 0;
        boolean inText = false;
        for (int i = 0; i < json.length; i++) {
            byte b = json[i];
            if (inText) {
                if (b == '\\') {
                    i++;
                } else if (b == '"') {
                    inText = false;
                }
            } else if (b == '"') {
                inText = true;
            } else if (b == '{' || b == '[') {
                if (++depth > MOST_DEPTH) {
                    throw EngineException.invalid("invalid JSON: it nests deeper than " + MOST_DEPTH + " levels");
                }
            } else if ((b == '}' || b == ']') && --depth == 0) {
                if (!isBlank(Arrays.copyOfRange(json, i + 1, json.length))) {
                    throw EngineException.invalid("invalid JSON: something follows the object");
                }
                return;
            }
        }
    }

    private static String firstLine(String text) {
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }
}
