package dev.berth.build.java;

import dev.berth.image.oci.ImageException;
import java.util.ArrayList;
import java.util.List;

/**
 * The file in which a Spring Boot jar says what its layers are: a list of names, each with paths of the jar, of which one
 * that ends in a slash means all below it.
 */
final class LayersIndex {
    private static final int MOST_LAYERS = 32;

    private LayersIndex() {}

    /** A layer and what is in it. */
    record Layer(String name, List<String> paths) {
        Layer {
            paths = List.copyOf(paths);
        }

        boolean has(String path) {
            return paths.stream().anyMatch(mine -> mine.endsWith("/") ? path.startsWith(mine) : path.equals(mine));
        }
    }

    /**
     * Reads the file, the lowest layer first.
     *
     * @throws ImageException INVALID
     */
    static List<Layer> parse(String text, String jar) throws ImageException {
        List<Layer> layers = new ArrayList<>();
        List<String> paths = new ArrayList<>();
        String name = "";
        for (String line : text.lines().filter(each -> !each.isBlank()).toList()) {
            if (line.startsWith("- ") && line.stripTrailing().endsWith(":")) {
                if (!name.isEmpty()) {
                    layers.add(new Layer(name, paths));
                    paths = new ArrayList<>();
                }
                String key = line.stripTrailing();
                name = unquoted(key.substring(2, key.length() - 1).strip());
                if (name.isEmpty()) {
                    throw malformed(jar, line);
                }
            } else if (line.startsWith("  - ") && !name.isEmpty()) {
                paths.add(unquoted(line.substring(4).strip()));
            } else {
                throw malformed(jar, line);
            }
        }
        if (!name.isEmpty()) {
            layers.add(new Layer(name, paths));
        }
        boolean distinct = layers.stream().map(Layer::name).distinct().count() == layers.size();
        if (layers.isEmpty() || layers.size() > MOST_LAYERS || !distinct) {
            throw ImageException.invalid("layers.idx of " + jar + " does not list between 1 and " + MOST_LAYERS
                    + " layers of different names");
        }
        return layers;
    }

    /** The layer of a file: the first that names it, or else the uppermost. */
    static String layerOf(List<Layer> layers, String path) {
        return layers.stream()
                .filter(layer -> layer.has(path))
                .findFirst()
                .orElse(layers.getLast())
                .name();
    }

    static String unquoted(String text) {
        boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
        return quoted ? text.substring(1, text.length() - 1) : text;
    }

    private static ImageException malformed(String jar, String line) {
        return ImageException.invalid(
                "layers.idx of " + jar + " has a line that is neither a layer nor a path: " + line);
    }
}
