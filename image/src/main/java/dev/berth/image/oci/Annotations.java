package dev.berth.image.oci;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is noted in the documents of images that leave (OCI image-spec, annotations.md). */
public record Annotations(List<Note> notes) {
    /** Nothing. */
    public static final Annotations NONE = new Annotations(List.of());

    private static final Pattern ATTRIBUTE =
            Pattern.compile("annotation(?:-([a-z-]+))?(?:\\[([A-Za-z0-9_/-]+)])?\\.(\\S+)");

    public Annotations {
        notes = List.copyOf(notes);
    }

    /** Where something is noted. */
    public enum Place {
        /** In a manifest. */
        MANIFEST,
        /** Where an index lists a manifest. */
        MANIFEST_DESCRIPTOR,
        /** In the index of several manifests. */
        INDEX,
        /** Where a layout lists that index. */
        INDEX_DESCRIPTOR
    }

    /**
     * A note.
     *
     * @param platform of the manifest; empty for all
     */
    public record Note(Place place, Optional<Platform> platform, String key, String value) {}

    /** Whether an exporter's attribute of BuildKit's is one of these. */
    public static boolean isAttribute(String name) {
        return ATTRIBUTE.matcher(name).matches();
    }

    /**
     * Reads attributes as BuildKit's exporters have them: {@code annotation[-<place>][\[<platform>\]].<key>}; others are passed
     * over.
     *
     * @throws ImageException BAD_REQUEST for a place that there is not, or a platform that makes no sense
     */
    public static Annotations read(Map<String, String> attributes) throws ImageException {
        List<Note> notes = new ArrayList<>();
        for (Map.Entry<String, String> attribute : new TreeMap<>(attributes).entrySet()) {
            Matcher parts = ATTRIBUTE.matcher(attribute.getKey());
            if (!parts.matches()) {
                continue;
            }
            Place place = switch (Optional.ofNullable(parts.group(1)).orElse("manifest")) {
                case "manifest" -> Place.MANIFEST;
                case "manifest-descriptor" -> Place.MANIFEST_DESCRIPTOR;
                case "index" -> Place.INDEX;
                case "index-descriptor" -> Place.INDEX_DESCRIPTOR;
                case String other ->
                    throw new ImageException(ImageException.Kind.BAD_REQUEST, "unrecognized annotation type " + other);
            };
            Optional<String> platform = Optional.ofNullable(parts.group(2));
            notes.add(new Note(
                    place,
                    platform.isPresent() ? Optional.of(Platform.parse(platform.get())) : Optional.empty(),
                    parts.group(3),
                    attribute.getValue()));
        }
        return new Annotations(notes);
    }

    /** Whether nothing is noted. */
    public boolean isEmpty() {
        return notes.isEmpty();
    }

    /** What is noted of an index. */
    public Map<String, String> of(Place place) {
        Map<String, String> found = new TreeMap<>();
        notes.stream().filter(note -> note.place() == place).forEach(note -> found.put(note.key(), note.value()));
        return found;
    }

    /** What is noted of a platform's manifest; what is for that platform goes before what is for all. */
    public Map<String, String> of(Place place, Platform platform) {
        Map<String, String> found = new TreeMap<>();
        for (boolean own : new boolean[] {false, true}) {
            notes.stream()
                    .filter(note -> note.place() == place && note.platform().isPresent() == own)
                    .filter(note -> !own || note.platform().orElseThrow().accepts(platform))
                    .forEach(note -> found.put(note.key(), note.value()));
        }
        return found;
    }
}
