package dev.berth.cli.output;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where a build's result goes. */
public sealed interface Output {
    /**
     * The daemon's store.
     *
     * @param names beside those of {@code --tag}
     * @param push whether it goes to its registry from there
     */
    record Store(List<String> names, boolean push) implements Output {}

    /**
     * An OCI image layout, which the docker command line loads as well.
     *
     * @param names in it, beside those of {@code --tag}
     * @param destination empty for standard output
     * @param folder whether it is a folder and no archive
     */
    record Layout(List<String> names, Optional<Path> destination, boolean folder) implements Output {}

    /**
     * The image's files.
     *
     * @param destination empty for standard output
     * @param folder whether they are put into a folder, and not into an archive
     * @param apart whether each platform has a folder of its own; empty for where there are several
     */
    record Files(Optional<Path> destination, boolean folder, Optional<Boolean> apart) implements Output {}

    /** @throws dev.berth.cli.CliException for what makes no sense, and what cannot be done */
    static Output parse(String text) {
        OutputWords words = OutputWords.parse(text);
        return switch (words.type()) {
            case "image" -> store(words, words.flag("push", false));
            case "registry" -> store(words, true);
            case "docker" ->
                words.field("dest").isEmpty() && !words.fields().containsKey("tar")
                        ? new Store(names(words.allowing(Set.of("name"))), false)
                        : layout(words);
            case "oci" -> layout(words);
            case "local" -> {
                Optional<Path> destination = destination(words.allowing(Set.of("dest", "platform-split")));
                if (destination.isEmpty()) {
                    throw words.invalid("dest is required: it names the folder");
                }
                yield new Files(destination, true, apart(words));
            }
            case "tar" -> new Files(destination(words.allowing(Set.of("dest", "platform-split"))), false, apart(words));
            case "" -> throw words.invalid("type is required for output");
            default ->
                throw words.invalid("type \"" + words.type()
                        + "\" is not supported: it is image, registry, oci, docker, local or tar");
        };
    }

    private static Store store(OutputWords words, boolean push) {
        words.allowing(Set.of("name", "push", "store", "unpack", "oci-mediatypes", "compression"))
                .always("store", "true", "an image is always in the store")
                .always("unpack", "true", "an image is always unpacked")
                .always("oci-mediatypes", "true", "images are made with OCI's media types")
                .always("compression", "uncompressed", "layers are kept as plain archives");
        return new Store(names(words), push);
    }

    private static Layout layout(OutputWords words) {
        words.allowing(Set.of("dest", "name", "tar", "oci-mediatypes", "compression"))
                .always("oci-mediatypes", "true", "images are made with OCI's media types")
                .always("compression", "uncompressed", "layers are kept as plain archives");
        Optional<Path> destination = destination(words);
        boolean folder = !words.flag("tar", true);
        if (folder && destination.isEmpty()) {
            throw words.invalid("dest is required: it names the folder");
        }
        return new Layout(names(words), destination, folder);
    }

    private static List<String> names(OutputWords words) {
        return words.field("name").map(names -> List.of(names.split(","))).orElse(List.of());
    }

    private static Optional<Path> destination(OutputWords words) {
        return words.field("dest").filter(path -> !path.equals("-")).map(Path::of);
    }

    private static Optional<Boolean> apart(OutputWords words) {
        return words.field("platform-split").map(_ -> words.flag("platform-split", true));
    }

    /** Whether it needs standard output. */
    default boolean isStandardOutput() {
        return switch (this) {
            case Store _ -> false;
            case Layout layout -> layout.destination().isEmpty();
            case Files files -> files.destination().isEmpty();
        };
    }
}
