package dev.berth.embedded;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * An image to be built from a Dockerfile.
 *
 * @param context the folder that COPY and ADD take files of
 * @param dockerfile its path in the folder
 * @param names that the image is given
 * @param target the stage that is wanted; empty for the last one
 * @param arguments for ARG
 * @param labels of the image
 * @param cached whether what a step has come to before does
 * @param pull whether base images are fetched although they are here
 * @param output told what is printed, piece by piece
 */
public record BuildSpec(
        Path context,
        String dockerfile,
        List<String> names,
        Optional<String> target,
        Map<String, String> arguments,
        Map<String, String> labels,
        boolean cached,
        boolean pull,
        Consumer<String> output) {
    public BuildSpec {
        names = List.copyOf(names);
        arguments = Map.copyOf(arguments);
        labels = Map.copyOf(labels);
    }

    /** Of the folder's {@code Dockerfile}. */
    public static BuildSpec of(Path context) {
        return new BuildSpec(
                context, "Dockerfile", List.of(), Optional.empty(), Map.of(), Map.of(), true, false, _ -> {});
    }

    /** Of another file in the folder. */
    public BuildSpec dockerfile(String path) {
        return new BuildSpec(context, path, names, target, arguments, labels, cached, pull, output);
    }

    /** With one more name. */
    public BuildSpec name(String name) {
        List<String> more = new ArrayList<>(names);
        more.add(name);
        return new BuildSpec(context, dockerfile, more, target, arguments, labels, cached, pull, output);
    }

    /** Up to this stage. */
    public BuildSpec target(String stage) {
        return new BuildSpec(context, dockerfile, names, Optional.of(stage), arguments, labels, cached, pull, output);
    }

    /** With a value for an ARG. */
    public BuildSpec argument(String name, String value) {
        return new BuildSpec(
                context, dockerfile, names, target, with(arguments, name, value), labels, cached, pull, output);
    }

    /** With a label. */
    public BuildSpec label(String key, String value) {
        return new BuildSpec(
                context, dockerfile, names, target, arguments, with(labels, key, value), cached, pull, output);
    }

    /** With every step done anew. */
    public BuildSpec afresh() {
        return new BuildSpec(context, dockerfile, names, target, arguments, labels, false, pull, output);
    }

    /** On the newest base images. */
    public BuildSpec pullBases() {
        return new BuildSpec(context, dockerfile, names, target, arguments, labels, cached, true, output);
    }

    /** Telling what is printed. */
    public BuildSpec output(Consumer<String> consumer) {
        return new BuildSpec(context, dockerfile, names, target, arguments, labels, cached, pull, consumer);
    }

    private static Map<String, String> with(Map<String, String> map, String key, String value) {
        Map<String, String> larger = new LinkedHashMap<>(map);
        larger.put(key, value);
        return larger;
    }
}
