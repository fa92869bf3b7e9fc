package dev.berth.engine.log;

import java.util.List;
import java.util.Map;

/** A container to log for. */
final class Sources {
    static final LogSource C = new LogSource(
            "c",
            "web",
            List.of("sh", "-c", "true"),
            "busybox:latest",
            "sha256:0123456789abcdef",
            List.of("LANG=C", "PATH=/bin"),
            Map.of("app", "a=<b>", "other", "o"));

    private Sources() {}
}
