package dev.berth.engine.config;

import io.avaje.json.JsonAdapter;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import io.avaje.jsonb.AdapterFactory;
import io.avaje.jsonb.CustomAdapter;
import java.util.List;
import java.util.Optional;

/** A health check as Go writes it: null where there is none, and without the members that say nothing. */
@CustomAdapter(global = false)
public final class HealthJson implements JsonAdapter<Optional<HealthConfig>> {
    /** How the generated code comes by it. */
    public static final AdapterFactory FACTORY = (type, jsonb) -> type == HealthJson.class ? new HealthJson() : null;

    private static final StringOrStrings WORDS = new StringOrStrings();

    @Override
    public void toJson(JsonWriter writer, Optional<HealthConfig> health) {
        if (health.isEmpty()) {
            writer.nullValue();
            return;
        }
        HealthConfig check = health.get();
        writer.beginObject();
        if (!check.test().isEmpty()) {
            writer.name("Test");
            WORDS.toJson(writer, check.test());
        }
        member(writer, "Interval", check.interval());
        member(writer, "Timeout", check.timeout());
        member(writer, "StartPeriod", check.startPeriod());
        member(writer, "StartInterval", check.startInterval());
        member(writer, "Retries", check.retries());
        writer.endObject();
    }

    private static void member(JsonWriter writer, String name, long value) {
        if (value != 0) {
            writer.name(name);
            writer.value(value);
        }
    }

    @Override
    public Optional<HealthConfig> fromJson(JsonReader reader) {
        if (reader.isNullValue()) {
            return Optional.empty();
        }
        List<String> test = List.of();
        long interval = 0;
        long timeout = 0;
        long startPeriod = 0;
        long startInterval = 0;
        int retries = 0;
        reader.beginObject();
        while (reader.hasNextField()) {
            switch (reader.nextField()) {
                case "Test" -> test = WORDS.fromJson(reader);
                case "Interval" -> interval = number(reader);
                case "Timeout" -> timeout = number(reader);
                case "StartPeriod" -> startPeriod = number(reader);
                case "StartInterval" -> startInterval = number(reader);
                case "Retries" -> retries = reader.isNullValue() ? 0 : reader.readInt();
                default -> reader.skipValue();
            }
        }
        reader.endObject();
        return Optional.of(new HealthConfig(test, interval, timeout, startPeriod, startInterval, retries));
    }

    private static long number(JsonReader reader) {
        return reader.isNullValue() ? 0 : reader.readLong();
    }
}
