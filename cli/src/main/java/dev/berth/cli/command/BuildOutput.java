package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.output.OutputWords;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code --output} of a build of a jar: {@code type=oci,dest=app.tar}, as Docker's has it. */
sealed interface BuildOutput {
    /** Into the daemon's store. */
    record Store() implements BuildOutput {}

    /** @param form {@code archive}, or {@code directory} for a layout that is no tar */
    record ToFile(String form, Path destination) implements BuildOutput {}

    /** An archive on the standard output. */
    record ToStdout() implements BuildOutput {}

    static BuildOutput of(List<String> words) {
        if (words.isEmpty()) {
            return new Store();
        }
        if (words.size() > 1) {
            throw new CliException("a jar is built for one output at a time");
        }
        OutputWords output = OutputWords.parse(words.getFirst());
        Map<String, String> fields = new LinkedHashMap<>(output.fields());
        String destination = fields.getOrDefault("dest", "");
        boolean tar = output.flag("tar", true);
        fields.keySet().removeAll(List.of("dest", "tar"));
        if (!fields.isEmpty()) {
            throw output.invalid("a jar's build knows no " + String.join(", ", fields.keySet()));
        }
        return switch (output.type()) {
            case "image" -> {
                if (!destination.isEmpty()) {
                    throw output.invalid("an image goes into the store, which takes no dest");
                }
                yield new Store();
            }
            case "docker" -> {
                if (!tar) {
                    throw output.invalid("Docker's archive is always a tar");
                }
                yield destination.isEmpty() ? new Store() : file("archive", destination);
            }
            case "oci" -> {
                if (!tar && (destination.isEmpty() || destination.equals("-"))) {
                    throw output.invalid("a folder needs a dest");
                }
                yield destination.isEmpty() ? new ToStdout() : file(tar ? "archive" : "directory", destination);
            }
            default ->
                throw output.invalid(
                        "a jar becomes type=image, type=oci or type=docker, and not \"" + output.type() + "\"");
        };
    }

    private static BuildOutput file(String form, String destination) {
        return destination.equals("-") ? new ToStdout() : new ToFile(form, Path.of(destination));
    }
}
