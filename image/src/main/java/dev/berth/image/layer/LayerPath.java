package dev.berth.image.layer;

import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Limits;
import dev.berth.image.tar.RawName;
import dev.berth.image.tar.TarReader;
import java.util.ArrayList;
import java.util.List;

/**
 * A path in a layer, cleaned: components below the layer's root, none of them empty, {@code .} or {@code ..}. An
 * absolute path counts from the layer's root; one that climbs above it is refused.
 */
record LayerPath(List<String> components) {
    static final LayerPath ROOT = new LayerPath(List.of());

    LayerPath {
        components = List.copyOf(components);
    }

    /** Cleans a path of an archive, which has one character a byte. */
    static LayerPath parse(String raw, Limits limits) throws ImageException {
        List<String> components = new ArrayList<>();
        for (String component : raw.split("/")) {
            switch (component) {
                case "", "." -> {}
                case ".." -> {
                    if (components.isEmpty()) {
                        throw ImageException.invalid(
                                "a layer has a path that leads out of it: " + TarReader.printable(raw));
                    }
                    components.removeLast();
                }
                default -> {
                    if (component.length() > limits.nameBytes()) {
                        throw ImageException.tooLarge("a layer has a name of " + component.length() + " bytes; at most "
                                + limits.nameBytes() + " are possible");
                    }
                    components.add(RawName.decode(component));
                }
            }
        }
        if (components.size() > limits.depth()) {
            throw ImageException.tooLarge("a layer has a path of " + components.size() + " components; at most "
                    + limits.depth() + " are taken");
        }
        return new LayerPath(components);
    }

    boolean isRoot() {
        return components.isEmpty();
    }

    String name() {
        return components.getLast();
    }

    LayerPath parent() {
        return new LayerPath(components.subList(0, components.size() - 1));
    }

    LayerPath sibling(String name) {
        return parent().child(name);
    }

    LayerPath child(String name) {
        List<String> longer = new ArrayList<>(components);
        longer.add(name);
        return new LayerPath(longer);
    }

    /** The path from the layer's root, without a slash before it; {@code .} for the root itself. */
    @Override
    public String toString() {
        return isRoot() ? "." : String.join("/", components);
    }
}
