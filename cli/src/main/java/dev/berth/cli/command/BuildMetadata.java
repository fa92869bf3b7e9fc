package dev.berth.cli.command;

import dev.berth.cli.build.Built;
import dev.berth.cli.json.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code --metadata-file} gets: what buildx writes of an image. */
final class BuildMetadata {
    private BuildMetadata() {}

    static String of(Built built, BuildOutputs outputs) {
        Map<String, @Nullable Object> metadata = Json.of(
                "containerimage.config.digest",
                built.id(),
                "containerimage.descriptor",
                built.descriptor().members(),
                "containerimage.digest",
                built.descriptor().text("digest"));
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
