package dev.berth.api.json;

import io.avaje.json.JsonAdapter;
import io.avaje.json.JsonWriter;
import io.avaje.jsonb.Jsonb;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            tree.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return tree;
    }

    public byte[] bytes(@Nullable Object tree) {
        var out = new java.io.ByteArrayOutputStream(1024);
        try (JsonWriter writer = jsonb.writer(out)) {
            writer.serializeNulls(true);
            writer.serializeEmpty(true);
            write(writer, tree);
        }
        return out.toByteArray();
    }

    public String text(@Nullable Object tree) {
        return new String(bytes(tree), StandardCharsets.UTF_8);
    }

    private void write(JsonWriter writer, @Nullable Object value) {
        switch (value) {
            case null -> writer.nullValue();
            case Optional<?> optional -> write(writer, optional.orElse(null));
            case String text -> writer.value(text);
            case Boolean truth -> writer.value(truth.booleanValue());
            case Integer number -> writer.value(number.intValue());
            case Long number -> writer.value(number.longValue());
            case Double number -> writer.value(number.doubleValue());
            case Map<?, ?> map -> {
                writer.beginObject();
                map.forEach((name, member) -> {
                    writer.name(String.valueOf(name));
                    write(writer, member);
                });
                writer.endObject();
            }
            case Iterable<?> list -> {
                writer.beginArray();
                list.forEach(element -> write(writer, element));
                writer.endArray();
            }
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
