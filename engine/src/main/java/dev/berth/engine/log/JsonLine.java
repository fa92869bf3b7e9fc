package dev.berth.engine.log;

import io.avaje.jsonb.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A line of a file of Docker's json-file driver.
 *
 * @param log what was printed, with its line feed unless the line was cut
 * @param stream {@code stdout}, {@code stderr} or {@code stdin}
 * @param attrs what the message says of its container
 * @param time in RFC 3339
 */
@Json
record JsonLine(String log, String stream, Map<String, String> attrs, String time) {
    JsonLine(
            @Nullable String log, @Nullable String stream, @Nullable Map<String, String> attrs, @Nullable String time) {
        this.log = log == null ? "" : log;
        this.stream = stream == null ? "" : stream;
        this.attrs = attrs == null ? Map.of() : attrs;
        this.time = time == null ? "" : time;
    }
}
