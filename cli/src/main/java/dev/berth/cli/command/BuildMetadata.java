package dev.berth.cli.command;

import dev.berth.cli.build.Built;
import dev.berth.cli.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What {@code --metadata-file} gets: what buildx writes of an image. */
final class BuildMetadata {
    private BuildMetadata() {}

    static String of(Built built, BuildOutputs outputs) {
        return of(
                Json.of(
                        "containerimage.config.digest",
                        built.id(),
                        "containerimage.descriptor",
                        built.descriptor().members(),
                        "containerimage.digest",
                        built.descriptor().text("digest")),
                outputs);
    }

    /** The same of an image with annotations: its documents are others than those of the one here. */
    static String of(Built built, BuildOutputs outputs, Optional<String> pushed) {
        Map<String, @Nullable Object> metadata = Json.of("containerimage.config.digest", built.id());
        pushed.ifPresent(digest -> metadata.put("containerimage.digest", digest));
        return of(metadata, outputs);
    }

    private static String of(Map<String, @Nullable Object> metadata, BuildOutputs outputs) {
        List<String> names = (outputs.isKept() ? outputs.names() : outputs.tags())
                .stream()
                        .map(ImageCommands::canonical)
                        .map(name -> name.lastIndexOf(':') > name.lastIndexOf('/') ? name : name + ":latest")
                        .toList();
        if (!names.isEmpty()) {
            metadata.put("image.name", String.join(",", names));
        }
        return Json.indented(metadata, "  ") + "\n";
    }
}
