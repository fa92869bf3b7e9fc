package dev.berth.engine.config;

import io.avaje.json.JsonAdapter;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import io.avaje.jsonb.AdapterFactory;
import io.avaje.jsonb.CustomAdapter;
import java.util.ArrayList;
import java.util.List;

/** A command: a list of words, for which one word alone may stand. No words are written as null, as Docker does. */
@CustomAdapter(global = false)
public final class StringOrStrings implements JsonAdapter<List<String>> {
    /** How the generated code comes by it. */
    public static final AdapterFactory FACTORY =
            (type, jsonb) -> type == StringOrStrings.class ? new StringOrStrings() : null;

    @Override
    public void toJson(JsonWriter writer, List<String> words) {
        if (words.isEmpty()) {
            writer.nullValue();
            return;
        }
        writer.beginArray();
        words.forEach(writer::value);
        writer.endArray();
    }

    @Override
    public List<String> fromJson(JsonReader reader) {
        if (reader.isNullValue()) {
            return List.of();
        }
        if (reader.currentToken() == JsonReader.Token.STRING) {
            return List.of(reader.readString());
        }
        List<String> words = new ArrayList<>();
        reader.beginArray();
        while (reader.hasNextElement()) {
            words.add(reader.readString());
        }
        reader.endArray();
        return words;
    }
}
