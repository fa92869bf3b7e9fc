package dev.berth.api.json;

import io.avaje.json.JsonAdapter;
import io.avaje.json.JsonWriter;
import io.avaje.jsonb.Jsonb;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes trees of maps, lists and values as JSON; the engine's own records, which have generated adapters, may be leaves.
 * An absent {@link Optional} is null, as Go writes a nil pointer.
 */
public final class JsonTree {
    private final Jsonb jsonb;

    public JsonTree(Jsonb jsonb) {
        this.jsonb = jsonb;
    }

    /** A map from alternating names and values, in this order. */
    public static Map<String, @Nullable Object> of(@Nullable Object... namesAndValues) {
        Map<String, @Nullable Object> tree = LinkedHashMap.newLinkedHashMap(namesAndValues.length / 2);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            tree.put((String) Objects.requireNonNull(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return tree;
    }

    public byte[] bytes(@Nullable Object tree) {
        var out = new java.io.ByteArrayOutputStream(1024);
        try (JsonWriter writer = writer(out)) {
            write(writer, tree);
        }
        return out.toByteArray();
    }

    private JsonWriter writer(OutputStream out) {
        JsonWriter writer = jsonb.writer(out);
        writer.serializeNulls(true);
        writer.serializeEmpty(true);
        return writer;
    }

    /** Writes a list of trees, each taken when it is its turn; does not close. */
    public void write(Iterator<?> elements, OutputStream out) {
        JsonWriter writer = writer(out);
        writer.beginArray();
        while (elements.hasNext()) {
            write(writer, elements.next());
        }
        writer.endArray();
        writer.flush();
    }

    public String text(@Nullable Object tree) {
        return new String(bytes(tree), StandardCharsets.UTF_8);
    }

    /** One test after the other, the most frequent first: a list of a thousand containers has 60,000 values, and a switch over types costs twice as much before it is compiled. */
    private void write(JsonWriter writer, @Nullable Object value) {
        if (value instanceof String text) {
            writer.value(text);
        } else if (value == null) {
            writer.nullValue();
        } else if (value instanceof Map<?, ?> map) {
            writer.beginObject();
            for (Map.Entry<?, ?> member : map.entrySet()) {
                writer.name((String) Objects.requireNonNull(member.getKey()));
                write(writer, member.getValue());
            }
            writer.endObject();
        } else if (value instanceof Iterable<?> list) {
            writer.beginArray();
            for (Object element : list) {
                write(writer, element);
            }
            writer.endArray();
        } else {
            writeLeaf(writer, value);
        }
    }

    private void writeLeaf(JsonWriter writer, Object value) {
        switch (value) {
            case Optional<?> optional -> write(writer, optional.orElse(null));
            case Boolean truth -> writer.value(truth.booleanValue());
            case Integer number -> writer.value(number.intValue());
            case Long number -> writer.value(number.longValue());
            case Double number -> writer.value(number.doubleValue());
            default -> writeRecord(writer, value);
        }
    }

    @SuppressWarnings("unchecked") // the adapter is asked for by the value's own class
    private <T> void writeRecord(JsonWriter writer, T value) {
        ((JsonAdapter<T>) jsonb.adapter(value.getClass())).toJson(writer, value);
    }

    /** A list that Go would have as nil: null where it is empty. */
    public static @Nullable List<?> orNull(List<?> list) {
        return list.isEmpty() ? null : list;
    }
}
