package dev.berth.soak;

import io.avaje.json.JsonReader;
import io.avaje.json.stream.JsonStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A piece of an answer's JSON; what is not there is an empty piece. */
record Tree(@Nullable Object value) {
    static Tree parse(byte[] json) {
        try (JsonReader reader = JsonStream.builder().build().reader(json)) {
            return new Tree(read(reader));
        }
    }

    Tree at(String name) {
        return new Tree(value instanceof Map<?, ?> map ? map.get(name) : null);
    }

    String text() {
        return value == null ? "" : value.toString();
    }

    long number() {
        return value instanceof Number number ? number.longValue() : -1;
    }

    boolean truth() {
        return Boolean.TRUE.equals(value);
    }

    List<Tree> items() {
        List<Tree> items = new ArrayList<>();
        if (value instanceof List<?> list) {
            list.forEach(item -> items.add(new Tree(item)));
        }
        return items;
    }

    private static @Nullable Object read(JsonReader reader) {
        return switch (reader.currentToken()) {
            case BEGIN_OBJECT -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                reader.beginObject();
                while (reader.hasNextField()) {
                    map.put(reader.nextField(), read(reader));
                }
                reader.endObject();
                yield map;
            }
            case BEGIN_ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                reader.beginArray();
                while (reader.hasNextElement()) {
                    list.add(read(reader));
                }
                reader.endArray();
                yield list;
            }
            case STRING -> reader.readString();
            case NUMBER -> reader.readDecimal();
            case BOOLEAN -> reader.readBoolean();
            case NULL -> {
                reader.isNullValue();
                yield null;
            }
        };
    }
}
