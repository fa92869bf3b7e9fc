package dev.berth.engine.config;

import io.avaje.jsonb.Json;
import java.util.HashMap;
import java.util.Map;

/**
 * Where a container's output is kept (Docker's {@code LogConfig}).
 *
 * @param type the driver; {@link #DEFAULT_TYPE} where none is asked for
 * @param config the driver's options
 * @param asked whether a driver is asked for
 */
@Json
public record LogConfig(
        @Json.Property("Type") String type,
        @Json.Property("Config") Map<String, String> config,
        @Json.Ignore boolean asked) {
    /** Docker's own choice. */
    public static final String DEFAULT_TYPE = "json-file";

    public LogConfig {
        asked |= !Absent.text(type).isEmpty();
        type = Absent.text(type, DEFAULT_TYPE);
        config = Absent.map(config);
    }

    public LogConfig(String type, Map<String, String> config) {
        this(type, config, false);
    }

    /** With what an engine was told to do where nothing else is asked for; the options of another driver are no use. */
    public LogConfig orDefault(LogConfig standard) {
        String driver = asked ? type : standard.type();
        Map<String, String> options = new HashMap<>(config);
        standard.config().forEach((name, value) -> {
            if (driver.equals(standard.type()) || name.startsWith("cache-")) {
                options.putIfAbsent(name, value);
            }
        });
        return driver.equals(type) && options.equals(config) ? this : new LogConfig(driver, options, true);
    }
}
