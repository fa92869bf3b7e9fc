package dev.berth.engine.config;

import io.avaje.json.JsonAdapter;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import io.avaje.jsonb.AdapterFactory;
import io.avaje.jsonb.CustomAdapter;
import java.util.LinkedHashSet;
import java.util.Set;

/** A set as Go's JSON has it: an object whose members are empty objects. */
@CustomAdapter(global = false)
public final class NameSet implements JsonAdapter<Set<String>> {
    /** How the generated code comes by it. */
    public static final AdapterFactory FACTORY = (type, jsonb) -> type == NameSet.class ? new NameSet() : null;

    @Override
    public void toJson(JsonWriter writer, Set<String> names) {
        if (names.isEmpty()) {
            writer.nullValue();
            return;
        }
        writer.beginObject();
        for (String name : names) {
            writer.name(name);
            writer.beginObject();
            writer.endObject();
        }
        writer.endObject();
    }

    @Override
    public Set<String> fromJson(JsonReader reader) {
        Set<String> names = new LinkedHashSet<>();
        if (reader.isNullValue()) {
            return names;
        }
        reader.beginObject();
        while (reader.hasNextField()) {
            names.add(reader.nextField());
            reader.skipValue();
        }
        reader.endObject();
        return names;
    }
}
