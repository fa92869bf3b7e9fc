package dev.berth.image.oci;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What an image runs on (OCI image-spec, image-index.md, "platform"); members that are absent are empty.
 *
 * @param os {@code linux}
 * @param architecture the processor in Go's naming: {@code amd64}, {@code arm64}
 * @param variant of the processor: {@code v8}, {@code v7}
 */
public record Platform(String os, String architecture, String variant, String osVersion, List<String> osFeatures) {
    public Platform {
        osFeatures = List.copyOf(osFeatures);
    }

    public Platform(String os, String architecture, String variant) {
        this(os, architecture, variant, "", List.of());
    }

    /** The platform of this JVM's host. */
    public static Platform host() {
        return new Platform("linux", normalArchitecture(System.getProperty("os.arch")), "");
    }

    /**
     * Reads {@code os/architecture[/variant]}, or an architecture alone, with the customary other names
     * ({@code x86_64}, {@code aarch64}).
     *
     * @throws ImageException (BAD_REQUEST) if it is anything else
     */
    public static Platform parse(String text) throws ImageException {
        String[] parts = text.split("/", -1);
        boolean wellFormed = parts.length <= 3;
        for (String part : parts) {
            wellFormed &= part.matches("[A-Za-z0-9_.-]+");
        }
        if (!wellFormed) {
            throw new ImageException(
                    ImageException.Kind.BAD_REQUEST,
                    "\"" + text + "\" is not a platform: expected os/architecture[/variant], such as linux/arm64");
        }
        if (parts.length == 1) {
            return new Platform("linux", normalArchitecture(parts[0]), "");
        }
        return new Platform(
                parts[0].toLowerCase(Locale.ROOT), normalArchitecture(parts[1]), parts.length == 3 ? parts[2] : "");
    }

    /**
     * Reads a platform as queries have it since version 1.48 of the API: a JSON object.
     *
     * @throws ImageException (BAD_REQUEST) if it is anything else
     */
    public static Platform parseJson(String json) throws ImageException {
        try {
            Platform platform = read(JsonObject.parse(json.getBytes(StandardCharsets.UTF_8), "platform"));
            return parse(platform.os + "/" + platform.architecture
                    + (platform.variant.isEmpty() ? "" : "/" + platform.variant));
        } catch (ImageException e) {
            throw new ImageException(ImageException.Kind.BAD_REQUEST, "invalid platform: " + e.getMessage(), e);
        }
    }

    /**
     * Whether an image for the other platform runs where this one is asked for. A variant that either side leaves out
     * fits, and so does arm64's only one.
     */
    public boolean accepts(Platform image) {
        return os.equals(image.os)
                && architecture.equals(normalArchitecture(image.architecture))
                && (normalVariant().equals(image.normalVariant()) || variant.isEmpty() || image.variant.isEmpty());
    }

    static Platform read(JsonObject json) throws ImageException {
        return new Platform(
                json.string("os"),
                json.string("architecture"),
                json.string("variant"),
                json.string("os.version"),
                json.strings("os.features"));
    }

    /** The platform as a JSON tree. */
    public Map<String, Object> toTree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("architecture", architecture);
        tree.put("os", os);
        if (!osVersion.isEmpty()) {
            tree.put("os.version", osVersion);
        }
        if (!osFeatures.isEmpty()) {
            tree.put("os.features", osFeatures);
        }
        if (!variant.isEmpty()) {
            tree.put("variant", variant);
        }
        return tree;
    }

    @Override
    public String toString() {
        return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
    }

    private String normalVariant() {
        return architecture.equals("arm64") && variant.equals("v8") ? "" : variant;
    }

    private static String normalArchitecture(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64", "x86-64" -> "amd64";
            case "arm64", "aarch64" -> "arm64";
            case String other -> other;
        };
    }
}
