package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import dev.berth.cli.text.Human;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Removing what nobody uses, once the user has agreed, and telling what went. */
final class Pruning {
    private final Context context;
    private final Flags flags;
    private long reclaimed;

    Pruning(Context context, Flags flags) {
        this.context = context;
        this.flags = flags;
    }

    /**
     * Asks whether to go on, unless {@code --force} says so.
     *
     * @throws CliException without a word, and no failure, where the answer is no
     */
    Pruning ask(String warning) {
        if (!flags.has("force") && !LifeCommands.agreed(context, warning)) {
            throw new CliException(0, "");
        }
        return this;
    }

    private Tree post(String path, Map<String, List<String>> more) {
        Map<String, List<String>> filters = new LinkedHashMap<>(Filters.map(flags.list("filter")));
        filters.putAll(more);
        Tree result = context.client()
                .post(path + Identifiers.query("filters", filters.isEmpty() ? "" : Json.text(filters)), null);
        reclaimed += result.number("SpaceReclaimed");
        return result;
    }

    int containers() {
        removeContainers();
        return total();
    }

    private void removeContainers() {
        List<String> removed = post("/containers/prune", Map.of()).texts("ContainersDeleted");
        if (!removed.isEmpty()) {
            context.out().println("Deleted Containers:\n" + String.join("\n", removed) + "\n");
        }
    }

    int networks() throws IOException {
        NetworkCommands.printDeleted(context, post("/networks/prune", Map.of()).texts("NetworksDeleted"));
        return 0;
    }

    int volumes() throws IOException {
        removeVolumes(flags.has("all"));
        return total();
    }

    private void removeVolumes(boolean all) throws IOException {
        Tree result = post("/volumes/prune", all ? Map.of("all", List.of("true")) : Map.of());
        VolumeCommands.printDeleted(context, result.texts("VolumesDeleted"));
    }

    int images() {
        removeImages(flags.has("all"));
        return total();
    }

    private void removeImages(boolean all) {
        Tree result = post("/images/prune", Map.of("dangling", List.of(Boolean.toString(!all))));
        List<String> lines = new ArrayList<>();
        for (Tree image : result.list("ImagesDeleted")) {
            lines.add(
                    image.get("Untagged").isMissing()
                            ? "deleted: " + image.text("Deleted")
                            : "untagged: " + image.text("Untagged"));
        }
        if (!lines.isEmpty()) {
            context.out().println("Deleted Images:\n" + String.join("\n", lines) + "\n");
        }
    }

    int buildCache() {
        List<String> ids = removeBuildCache();
        context.out().println((ids.isEmpty() ? "" : "\n") + "Total:\t" + Human.size(reclaimed));
        return 0;
    }

    private List<String> removeBuildCache() {
        Map<String, @Nullable Object> filters = new LinkedHashMap<>(Filters.map(flags.list("filter")));
        String query = Identifiers.query(
                "all", flags.has("all") ? "1" : "",
                "filters", filters.isEmpty() ? "" : Json.text(filters),
                "keep-storage",
                        flags.text("keep-storage")
                                .map(size -> Long.toString(Values.bytes(size, "keep-storage")))
                                .orElse(""));
        Tree result = context.client().post("/build/prune" + query, null);
        reclaimed += result.number("SpaceReclaimed");
        List<String> ids = result.texts("CachesDeleted");
        if (!ids.isEmpty()) {
            context.out().println("Deleted build cache objects:\n" + String.join("\n", ids) + "\n");
        }
        return ids;
    }

    /** All of it: {@code berth system prune}. */
    int everything() throws IOException {
        boolean all = flags.has("all");
        boolean volumes = flags.has("volumes");
        List<String> filters = flags.list("filter");
        if (volumes && filters.stream().anyMatch(filter -> filter.startsWith("until="))) {
            throw new CliException("ERROR: The \"until\" filter is not supported with \"--volumes\"");
        }
        StringBuilder warning = new StringBuilder("This will remove:\n");
        warning.append("  - all stopped containers\n");
        warning.append("  - all networks not used by at least one container\n");
        warning.append(volumes ? "  - all anonymous volumes not used by at least one container\n" : "");
        warning.append(
                all
                        ? "  - all images without at least one container associated to them\n"
                        : "  - all dangling images\n");
        warning.append(all ? "  - all build cache\n" : "  - unused build cache\n");
        if (!filters.isEmpty()) {
            warning.append("\n  Items to be pruned will be filtered with:\n");
            filters.stream()
                    .sorted()
                    .forEach(filter -> warning.append("  - ").append(filter).append('\n'));
        }
        ask(warning.toString());
        removeContainers();
        NetworkCommands.printDeleted(context, post("/networks/prune", Map.of()).texts("NetworksDeleted"));
        if (volumes) {
            removeVolumes(false);
        }
        removeImages(all);
        removeBuildCache();
        return total();
    }

    private int total() {
        context.out().println("Total reclaimed space: " + Human.size(reclaimed));
        return 0;
    }
}
