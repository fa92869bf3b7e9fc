package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import dev.berth.cli.text.Human;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
        tell("Deleted Containers", post("/containers/prune", Map.of()).texts("ContainersDeleted"));
    }

    int networks() {
        removeNetworks();
        return 0;
    }

    private void removeNetworks() {
        tell("Deleted Networks", post("/networks/prune", Map.of()).texts("NetworksDeleted"));
    }

    int volumes() {
        removeVolumes(flags.has("all"));
        return total();
    }

    private void removeVolumes(boolean all) {
        Tree result = post("/volumes/prune", all ? Map.of("all", List.of("true")) : Map.of());
        tell("Deleted Volumes", result.texts("VolumesDeleted"));
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
        tell("Deleted Images", lines);
    }

    int buildCache() {
        List<String> ids = removeBuildCache();
        context.out().println((ids.isEmpty() ? "" : "\n") + "Total:\t" + Human.size(reclaimed));
        return 0;
    }

    private List<String> removeBuildCache() {
        String query = Identifiers.query(
                "all", flags.has("all") ? "1" : "",
                "filters", Filters.json(flags.list("filter")),
                "keep-storage",
                        flags.text("keep-storage")
                                .map(size -> Long.toString(Values.bytes(size, "keep-storage")))
                                .orElse(""));
        Tree result = context.client().post("/build/prune" + query, null);
        reclaimed += result.number("SpaceReclaimed");
        List<String> ids = result.texts("CachesDeleted");
        tell("Deleted build cache objects", ids);
        return ids;
    }

    /** All of it: {@code berth system prune}. */
    int everything() {
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
        removeNetworks();
        if (volumes) {
            removeVolumes(false);
        }
        removeImages(all);
        removeBuildCache();
        return total();
    }

    private void tell(String heading, List<String> lines) {
        if (!lines.isEmpty()) {
            context.out().println(heading + ":\n" + String.join("\n", lines) + "\n");
        }
    }

    private int total() {
        context.out().println("Total reclaimed space: " + Human.size(reclaimed));
        return 0;
    }
}
