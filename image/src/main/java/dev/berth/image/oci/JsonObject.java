package dev.berth.image.oci;

import io.avaje.json.JsonException;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import io.avaje.json.stream.BytesJsonWriter;
import io.avaje.json.stream.JsonStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object from a stranger. Members are asked for by name and type; one that is absent or null counts as empty,
 * one of another type is refused with its path. Members nobody asks for are ignored.
 */
public final class JsonObject {
    private static final JsonStream STREAM = LongTexts.of(JsonStream.builder().build());

    private final String path;
    private final Map<String, @Nullable Object> members;

    private JsonObject(String path, Map<String, @Nullable Object> members) {
        this.path = path;
        this.members = members;
    }

    /**
     * Reads a document that must be an object.
     *
     * @param what the document's name in error messages, such as "manifest sha256:…"
     * @throws ImageException (INVALID) if it is not well-formed, no object, or nests too deep
     */
    public static JsonObject parse(byte[] json, String what) throws ImageException {
        @Nullable Object root;
        try (JsonReader reader = STREAM.reader(json)) {
            root = value(reader, Limits.DEFAULT.jsonDepth());
        } catch (JsonException | IllegalStateException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new ImageException(
                    ImageException.Kind.INVALID, what + " is not well-formed JSON: " + e.getMessage(), e);
        }
        if (root instanceof Map<?, ?>) {
            return new JsonObject(what, asMembers(root));
        }
        throw ImageException.invalid(what + " is not a JSON object");
    }

    /** A tree of maps, lists, strings, numbers and booleans as compact JSON in UTF-8. */
    public static byte[] write(Map<String, ?> tree) {
        try (BytesJsonWriter writer = STREAM.bufferedWriterAsBytes()) {
            writeValue(writer, tree);
            return writer.result();
        }
    }

    /** The member's text, or empty. */
    public String string(String name) throws ImageException {
        return switch (members.get(name)) {
            case null -> "";
            case String text -> text;
            default -> throw wrong(name, "is not a string");
        };
    }

    /** The member's text, which must be there. */
    public String requiredString(String name) throws ImageException {
        String text = string(name);
        if (text.isEmpty()) {
            throw wrong(name, "is missing");
        }
        return text;
    }

    /** The member as a digest, which must be there. */
    public Digest digest(String name) throws ImageException {
        try {
            return Digest.parse(requiredString(name));
        } catch (ImageException e) {
            throw members.get(name) instanceof String ? wrong(name, "is an " + e.getMessage()) : e;
        }
    }

    /** The member's truth, or false. */
    public boolean bool(String name) throws ImageException {
        return switch (members.get(name)) {
            case null -> false;
            case Boolean truth -> truth;
            default -> throw wrong(name, "is neither true nor false");
        };
    }

    /** The member's whole number, if it is there. */
    public Optional<Long> number(String name) throws ImageException {
        return switch (members.get(name)) {
            case null -> Optional.empty();
            case BigDecimal number -> {
                try {
                    yield Optional.of(number.longValueExact());
                } catch (ArithmeticException e) {
                    throw wrong(name, "is not a whole number of 64 bits");
                }
            }
            default -> throw wrong(name, "is not a number");
        };
    }

    /** The member's whole number, which must be there. */
    public long requiredLong(String name) throws ImageException {
        return number(name).orElseThrow(() -> wrong(name, "is missing"));
    }

    /** The member's object, if it is there. */
    public Optional<JsonObject> object(String name) throws ImageException {
        return switch (members.get(name)) {
            case null -> Optional.empty();
            case Map<?, ?> map -> Optional.of(new JsonObject(path + ": " + name, asMembers(map)));
            default -> throw wrong(name, "is not an object");
        };
    }

    /** The member's object, which must be there. */
    public JsonObject requiredObject(String name) throws ImageException {
        return object(name).orElseThrow(() -> wrong(name, "is missing"));
    }

    /** The member's texts, or none. */
    public List<String> strings(String name) throws ImageException {
        List<String> texts = new ArrayList<>();
        for (@Nullable Object element : list(name)) {
            if (!(element instanceof String text)) {
                throw wrong(name, "has an element that is not a string");
            }
            texts.add(text);
        }
        return List.copyOf(texts);
    }

    /** The member's texts as {@link #strings}, where one text alone stands for a list of it (old Docker images). */
    public List<String> stringOrStrings(String name) throws ImageException {
        return members.get(name) instanceof String text ? List.of(text) : strings(name);
    }

    /** The member's objects, or none. */
    public List<JsonObject> objects(String name) throws ImageException {
        List<JsonObject> objects = new ArrayList<>();
        for (@Nullable Object element : list(name)) {
            if (!(element instanceof Map<?, ?> map)) {
                throw wrong(name, "has an element that is not an object");
            }
            objects.add(new JsonObject(path + ": " + name + "[" + objects.size() + "]", asMembers(map)));
        }
        return List.copyOf(objects);
    }

    /** The member's object of texts, or none, in its order. */
    public Map<String, String> stringMap(String name) throws ImageException {
        Map<String, String> texts = new LinkedHashMap<>();
        Optional<JsonObject> object = object(name);
        if (object.isPresent()) {
            for (String key : object.get().names()) {
                texts.put(key, object.get().string(key));
            }
        }
        return texts;
    }

    /** The names of the member's object, whatever their values: JSON's customary set. */
    public List<String> nameSet(String name) throws ImageException {
        Optional<JsonObject> object = object(name);
        return object.isPresent() ? object.get().names() : List.of();
    }

    /** All members' names, in the document's order. */
    public List<String> names() {
        return List.copyOf(members.keySet());
    }

    /** Whether there is a member of this name that is not null. */
    public boolean has(String name) {
        return members.get(name) != null;
    }

    /** The exception that says what is wrong with a member. */
    public ImageException wrong(String name, String reason) {
        return ImageException.invalid(path + ": \"" + name + "\" " + reason);
    }

    private List<?> list(String name) throws ImageException {
        return switch (members.get(name)) {
            case null -> List.of();
            case List<?> list -> list;
            default -> throw wrong(name, "is not an array");
        };
    }

    @SuppressWarnings("unchecked") // value() makes no other maps
    private static Map<String, @Nullable Object> asMembers(Object map) {
        return (Map<String, @Nullable Object>) map;
    }

    private static @Nullable Object value(JsonReader reader, int depth) {
        if (depth == 0) {
            throw new IllegalArgumentException("it nests too deep");
        }
        return switch (reader.currentToken()) {
            case BEGIN_OBJECT -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                reader.beginObject();
                while (reader.hasNextField()) {
                    map.put(reader.nextField(), value(reader, depth - 1));
                }
                reader.endObject();
                yield map;
            }
            case BEGIN_ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                reader.beginArray();
                while (reader.hasNextElement()) {
                    list.add(value(reader, depth - 1));
                }
                reader.endArray();
                yield list;
            }
            case STRING -> reader.readString();
            case NUMBER -> reader.readDecimal();
            case BOOLEAN -> reader.readBoolean();
            case NULL -> {
                if (!reader.isNullValue()) {
                    throw new IllegalArgumentException("a word that is not null");
                }
                yield null;
            }
        };
    }

    private static void writeValue(JsonWriter writer, @Nullable Object value) {
        switch (value) {
            case null -> writer.nullValue();
            case Map<?, ?> map -> {
                writer.beginObject();
                map.forEach((name, member) -> {
                    writer.name(String.valueOf(name));
                    writeValue(writer, member);
                });
                writer.endObject();
            }
            case Iterable<?> list -> {
                writer.beginArray();
                list.forEach(element -> writeValue(writer, element));
                writer.endArray();
            }
            case String text -> writer.value(text);
            case Boolean truth -> writer.value(truth.booleanValue());
            case Long number -> writer.value(number.longValue());
            case Integer number -> writer.value(number.intValue());
            default -> throw new IllegalArgumentException("no JSON for " + value.getClass());
        }
    }
}
