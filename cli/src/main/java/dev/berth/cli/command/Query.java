package dev.berth.cli.command;

import dev.berth.cli.http.EngineClient;
import java.util.List;

/** A query with as many values of a name as there are; what is empty is not said. */
final class Query {
    private final StringBuilder text = new StringBuilder();

    void add(String name, String value) {
        if (!value.isEmpty()) {
            text.append(text.isEmpty() ? '?' : '&').append(name).append('=').append(EngineClient.encode(value));
        }
    }

    void addAll(String name, List<String> values) {
        values.forEach(value -> add(name, value));
    }

    String text() {
        return text.toString();
    }
}
