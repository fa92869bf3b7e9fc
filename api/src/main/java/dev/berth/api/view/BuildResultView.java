package dev.berth.api.view;

import dev.berth.api.json.JsonTree;
import dev.berth.build.output.BuildResult;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a build came to, as our own command line is told it. */
public final class BuildResultView {
    private BuildResultView() {}

    public static Map<String, @Nullable Object> of(BuildResult result) {
        return JsonTree.of(
                "Descriptor",
                result.descriptor().toTree(),
                "Images",
                result.images().stream().map(image -> image.id().toString()).toList(),
                "Attestations",
                result.attestations().stream()
                        .map(image -> image.id().toString())
                        .toList());
    }
}
