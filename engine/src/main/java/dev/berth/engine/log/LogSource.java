package dev.berth.engine.log;

import java.util.List;
import java.util.Map;

/**
 * What a log's messages and tags may say of their container.
 *
 * @param command what it runs, and its arguments
 * @param imageName as its creator named it
 * @param imageId with its algorithm
 * @param env {@code NAME=value}
 */
public record LogSource(
        String id,
        String name,
        List<String> command,
        String imageName,
        String imageId,
        List<String> env,
        Map<String, String> labels) {
    private static final int SHORT_CHARS = 12;

    public LogSource {
        command = List.copyOf(command);
        env = List.copyOf(env);
        labels = Map.copyOf(labels);
    }

    String shortId() {
        return shortened(id);
    }

    String shortImageId() {
        return shortened(imageId.substring(imageId.indexOf(':') + 1));
    }

    private static String shortened(String id) {
        return id.substring(0, Math.min(SHORT_CHARS, id.length()));
    }
}
