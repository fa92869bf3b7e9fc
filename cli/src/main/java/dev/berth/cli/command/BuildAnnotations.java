package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.http.EngineClient;
import dev.berth.cli.json.Json;
import dev.berth.cli.output.Output;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code --annotation}: what is noted in the documents of an image that leaves, as BuildKit's exporters are told it.
 *
 * @param attributes {@code annotation[-<place>][\[<platform>\]].<key>}, and what is noted
 */
record BuildAnnotations(Map<String, String> attributes) {
    private static final Pattern PLACE =
            Pattern.compile("(manifest|manifest-descriptor|index|index-descriptor|)(?:\\[([A-Za-z0-9_/-]+)])?");

    BuildAnnotations {
        attributes = Map.copyOf(attributes);
    }

    /**
     * Those of a build.
     *
     * @param flags each {@code [<place>[\[<platform>\]][,…]:]<key>=<value>}
     * @throws CliException for one that makes no sense, and where the image goes nowhere that has annotations
     */
    static BuildAnnotations of(List<String> flags, BuildOutputs outputs) {
        Map<String, String> attributes = new TreeMap<>();
        flags.stream().filter(flag -> !flag.isEmpty()).forEach(flag -> add(flag, attributes));
        boolean everywhere = outputs.all().stream().allMatch(output -> switch (output) {
            case Output.Store store -> store.push();
            case Output.Layout _ -> true;
            case Output.Files _ -> false;
        });
        if (!attributes.isEmpty() && !everywhere) {
            throw new CliException("--annotation: annotations are of images that are pushed or written as a layout:"
                    + " use --push, or --output type=oci,dest=…, and no other output");
        }
        return new BuildAnnotations(attributes);
    }

    private static void add(String flag, Map<String, String> attributes) {
        int equals = flag.indexOf('=');
        if (equals <= 0) {
            throw Values.invalid(flag, "annotation", "invalid annotation \"" + flag + "\", expected key=value");
        }
        String left = flag.substring(0, equals);
        String value = flag.substring(equals + 1);
        int colon = left.indexOf(':');
        String key = left.substring(colon + 1);
        if (key.isEmpty() || key.chars().anyMatch(Character::isWhitespace)) {
            throw Values.invalid(flag, "annotation", "a key has a name without spaces");
        }
        for (String place : left.substring(0, Math.max(0, colon)).split(",", -1)) {
            Matcher parts = PLACE.matcher(place);
            if (!parts.matches()) {
                throw Values.invalid(
                        flag,
                        "annotation",
                        "invalid annotation type \"" + place
                                + "\": it is manifest, manifest-descriptor, index or index-descriptor, and a platform may be"
                                + " behind it in brackets");
            }
            String type = parts.group(1).isEmpty() ? "" : "-" + parts.group(1);
            String platform = parts.group(2) == null ? "" : "[" + parts.group(2) + "]";
            attributes.put("annotation" + type + platform + "." + key, value);
        }
    }

    boolean isEmpty() {
        return attributes.isEmpty();
    }

    /** What is added to a query that has other parameters. */
    String query() {
        return isEmpty() ? "" : "&annotations=" + EngineClient.encode(Json.text(attributes));
    }
}
