package dev.berth.cli.json;

import io.avaje.json.JsonException;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import io.avaje.json.stream.JsonStream;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads and writes JSON as maps, lists, strings, numbers, booleans and null. */
public final class Json {
    private static final int MOST_DEPTH = 100;
    private static final String INDENT = "    ";
    private static final JsonStream READING = JsonStream.builder().build();
    private static final JsonStream WRITING =
            JsonStream.builder().serializeNulls(true).serializeEmpty(true).build();

    /** A null that is something elsewhere. */
    public interface Nothing {}

    /** A member of an object that is not part of its text. */
    public interface Unwritten {}

    private Json() {}

    /**
     * Reads a document.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Tree parse(byte[] json) {
        try (JsonReader reader = READING.reader(json)) {
            return new Tree(value(reader, MOST_DEPTH));
        } catch (JsonException | IllegalStateException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("not well-formed JSON: " + e.getMessage(), e);
        }
    }

    public static Tree parse(String json) {
        return parse(json.getBytes(StandardCharsets.UTF_8));
    }

    private static @Nullable Object value(JsonReader reader, int depth) {
        if (depth == 0) {
            throw new IllegalArgumentException("the JSON nests too deep");
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
            case STRING -> LongText.read(reader);
            case NUMBER -> number(reader.readDecimal());
            case BOOLEAN -> reader.readBoolean();
            case NULL -> {
                reader.isNullValue();
                yield null;
            }
        };
    }

    private static Object number(BigDecimal value) {
        return value.scale() <= 0 && value.precision() < 19 ? (Object) value.longValueExact() : value;
    }

    /** A map from alternating names and values, in this order. */
    public static Map<String, @Nullable Object> of(@Nullable Object... namesAndValues) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return map;
    }

    /** In one line. */
    public static String text(@Nullable Object tree) {
        StringWriter text = new StringWriter();
        try (JsonWriter writer = WRITING.writer(text)) {
            write(writer, tree);
        }
        return text.toString();
    }

    private static void write(JsonWriter writer, @Nullable Object value) {
        switch (value) {
            case null -> writer.nullValue();
            case Nothing nothing -> writer.nullValue();
            case Tree tree -> write(writer, tree.value());
            case String text -> writer.value(text);
            case Boolean truth -> writer.value(truth.booleanValue());
            case BigDecimal number -> writer.value(number);
            case Number number -> writer.value(number.longValue());
            case Map<?, ?> map -> {
                writer.beginObject();
                map.forEach((name, member) -> {
                    if (!(member instanceof Unwritten)) {
                        writer.name(String.valueOf(name));
                        write(writer, member);
                    }
                });
                writer.endObject();
            }
            case Iterable<?> list -> {
                writer.beginArray();
                list.forEach(element -> write(writer, element));
                writer.endArray();
            }
            default -> throw new IllegalArgumentException("no JSON for " + value.getClass());
        }
    }

    /** Over several lines, as {@code inspect} prints it. */
    public static String indented(@Nullable Object tree) {
        return indented(tree, INDENT);
    }

    /**
     * Over several lines.
     *
     * @param indent what a level stands further in
     */
    public static String indented(@Nullable Object tree, String indent) {
        StringBuilder text = new StringBuilder();
        write(text, tree, "", indent);
        return text.toString();
    }

    private static void write(StringBuilder text, @Nullable Object value, String margin, String indent) {
        Object plain = value instanceof Tree tree ? tree.value() : value;
        String inner = margin + indent;
        if (plain instanceof Map<?, ?> map && !map.isEmpty()) {
            String separator = "{\n";
            for (Map.Entry<?, ?> member : map.entrySet()) {
                text.append(separator)
                        .append(inner)
                        .append(text(String.valueOf(member.getKey())))
                        .append(": ");
                write(text, member.getValue(), inner, indent);
                separator = ",\n";
            }
            text.append('\n').append(margin).append('}');
        } else if (plain instanceof List<?> list && !list.isEmpty()) {
            String separator = "[\n";
            for (Object element : list) {
                text.append(separator).append(inner);
                write(text, element, inner, indent);
                separator = ",\n";
            }
            text.append('\n').append(margin).append(']');
        } else {
            text.append(text(plain));
        }
    }
}
