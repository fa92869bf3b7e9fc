package dev.berth.api.route;

import dev.berth.api.http.Exchange;
import dev.berth.api.http.Status;
import dev.berth.api.json.JsonBody;
import dev.berth.api.json.JsonTree;
import dev.berth.engine.error.EngineException;
import dev.berth.image.oci.Platform;
import io.avaje.json.JsonException;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One request to an endpoint, with what its path, its query and its body say. */
public final class Call {
    private static final String JSON = "application/json";

    private final Exchange exchange;
    private final Map<String, String> path;
    private final Version version;
    private final Jsonb jsonb;

    Call(Exchange exchange, Map<String, String> path, Version version, Jsonb jsonb) {
        this.exchange = exchange;
        this.path = path;
        this.version = version;
        this.jsonb = jsonb;
    }

    public Exchange exchange() {
        return exchange;
    }

    /** The version that the client speaks. */
    public Version version() {
        return version;
    }

    /** What stands in the path for {@code {name}} of the route. */
    public String path(String name) {
        return path.getOrDefault(name, "");
    }

    /** A query parameter; empty where it is missing or empty. */
    public Optional<String> query(String name) {
        return exchange.request().queryValue(name).filter(value -> !value.isEmpty());
    }

    /** A query parameter that is true unless missing or one of Go's words for false. */
    public boolean flag(String name) {
        return flag(name, false);
    }

    public boolean flag(String name, boolean fallback) {
        return exchange.request()
                .queryValue(name)
                .map(value -> !List.of("", "0", "no", "false", "none", "False", "FALSE")
                        .contains(value.strip()))
                .orElse(fallback);
    }

    public OptionalInt number(String name) {
        Optional<String> value = query(name);
        if (value.isEmpty()) {
            return OptionalInt.empty();
        }
        try {
            return OptionalInt.of(Integer.parseInt(value.get()));
        } catch (NumberFormatException e) {
            throw EngineException.invalid("the parameter " + name + " is not a number: " + value.get());
        }
    }

    /**
     * The platform in the query: {@code os/architecture[/variant]}, or a JSON object, as clients write it since version
     * 1.48 for what had no such parameter before.
     *
     * @throws dev.berth.image.oci.ImageException BAD_REQUEST if it is neither
     */
    public Optional<Platform> platform() throws IOException {
        Optional<String> text = query("platform");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(text.get().startsWith("{") ? Platform.parseJson(text.get()) : Platform.parse(text.get()));
    }

    /** The filters: {@code {"label": ["a=b"]}}, or of old {@code {"label": {"a=b": true}}}. */
    @SuppressWarnings("unchecked") // avaje reads any JSON as maps, lists and values
    public Map<String, List<String>> filters() {
        Optional<String> text = query("filters");
        if (text.isEmpty()) {
            return Map.of();
        }
        try {
            Object tree = jsonb.type(Object.class).fromJson(text.get());
            if (!(tree instanceof Map<?, ?> map)) {
                throw EngineException.invalid("invalid filter: an object is expected");
            }
            Map<String, List<String>> filters = new LinkedHashMap<>();
            for (Map.Entry<String, Object> filter : ((Map<String, Object>) map).entrySet()) {
                filters.put(filter.getKey(), values(filter.getValue()));
            }
            return filters;
        } catch (JsonException e) {
            throw new EngineException(EngineException.Kind.INVALID, "invalid filter: " + text.get(), e);
        }
    }

    private static List<String> values(@Nullable Object tree) {
        List<String> values = new ArrayList<>();
        if (tree instanceof Map<?, ?> map) {
            map.forEach((value, set) -> {
                if (Boolean.TRUE.equals(set)) {
                    values.add(String.valueOf(value));
                }
            });
        } else if (tree instanceof List<?> list) {
            list.forEach(value -> values.add(String.valueOf(value)));
        } else {
            throw EngineException.invalid("invalid filter: a list of values is expected");
        }
        return values;
    }

    /**
     * The request's body.
     *
     * @throws EngineException INVALID where it is no such document
     */
    public <T> T body(Class<T> type) throws IOException {
        return new JsonBody(jsonb).read(document(), type);
    }

    public <T> T read(byte[] document, Class<T> type) {
        return new JsonBody(jsonb).read(document, type);
    }

    public byte[] document() throws IOException {
        return exchange.document()
                .orElseThrow(() -> EngineException.invalid("the request's body is too large for a document"));
    }

    public void answer(Object tree) throws IOException {
        answer(Status.OK, tree);
    }

    public void answer(Status status, Object tree) throws IOException {
        exchange.answer(status, JSON, json(tree));
    }

    /**
     * Answers with a list whose elements are made and sent one after the other, so that a long one is never in memory as
     * a whole. What fails in the midst cuts the answer off.
     */
    public void answerEach(Stream<?> elements) throws IOException {
        LongAnswer answer = new LongAnswer(exchange, JSON);
        new JsonTree(jsonb).write(elements.iterator(), answer);
        answer.complete();
    }

    public byte[] json(Object tree) {
        return new JsonTree(jsonb).bytes(tree);
    }

    public void done() throws IOException {
        exchange.answer(Status.NO_CONTENT);
    }
}
