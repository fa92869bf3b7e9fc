package dev.berth.cli.command;

import static dev.berth.cli.command.Identifiers.query;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import dev.berth.cli.text.Human;
import dev.berth.cli.text.Listing;
import dev.berth.cli.text.Table;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code berth images}. */
final class ImagesCommand {
    private static final String NONE = "<none>";

    private ImagesCommand() {}

    static Command command() {
        return Command.of(
                "images [OPTIONS] [REPOSITORY[:TAG]]",
                "List images",
                0,
                1,
                List.of(
                        Flag.flag("all", "a", "Show all images (default hides intermediate images)"),
                        Flag.flag("digests", "", "Show digests"),
                        Flag.filter("f", "Filter output based on conditions provided"),
                        Flag.rowFormat(),
                        Flag.flag("no-trunc", "", "Don't truncate output"),
                        Flag.flag("quiet", "q", "Only show image IDs"),
                        Flag.flag("tree", "", "List multi-platform images as a tree (EXPERIMENTAL)")),
                ImagesCommand::run);
    }

    private static int run(Context context, Flags flags) throws IOException {
        List<String> filters = new ArrayList<>(flags.list("filter"));
        flags.arguments().forEach(name -> filters.add("reference=" + name));
        if (flags.has("tree")) {
            return tree(context, flags, Filters.json(filters));
        }
        Tree images = context.client()
                .get("/images/json" + query("all", flags.has("all") ? "1" : "", "filters", Filters.json(filters)));
        boolean full = flags.has("no-trunc");
        Listing listing = new Listing(Listing.headings(
                "Repository",
                "REPOSITORY",
                "Tag",
                "TAG",
                "Digest",
                "DIGEST",
                "ID",
                "IMAGE ID",
                "CreatedSince",
                "CREATED",
                "CreatedAt",
                "CREATED AT",
                "Size",
                "SIZE"));
        List<String> ids = new ArrayList<>();
        for (Tree image : images.list()) {
            ids.add(full ? image.text("Id") : Human.shortId(image.text("Id")));
            rows(image, full, flags.has("digests")).forEach(listing::row);
        }
        if (flags.has("quiet")) {
            ids.forEach(context.out()::println);
            return 0;
        }
        List<String> columns = new ArrayList<>(List.of("Repository", "Tag", "ID", "CreatedSince", "Size"));
        if (flags.has("digests")) {
            columns.add(2, "Digest");
        }
        listing.print(context.out(), flags.text("format"), columns);
        return 0;
    }

    private static List<Map<String, Object>> rows(Tree image, boolean full, boolean digests) {
        List<String> tags = image.texts("RepoTags");
        List<String> byDigest = image.texts("RepoDigests");
        List<Map<String, Object>> rows = new ArrayList<>();
        for (String name : tags.isEmpty() ? List.of("") : tags) {
            int colon = name.lastIndexOf(':');
            String repository = name.isEmpty()
                    ? byDigest.stream()
                            .findFirst()
                            .map(d -> d.substring(0, d.indexOf('@')))
                            .orElse(NONE)
                    : name.substring(0, colon);
            String digest = byDigest.stream()
                    .filter(d -> d.startsWith(repository + "@"))
                    .map(d -> d.substring(d.indexOf('@') + 1))
                    .findFirst()
                    .orElse(NONE);
            Map<String, Object> row = Json.of(
                    "Containers",
                    "N/A",
                    "CreatedAt",
                    Instant.ofEpochSecond(image.number("Created")).toString(),
                    "CreatedSince",
                    Human.ago(image.number("Created")),
                    "Digest",
                    digests ? digest : NONE,
                    "ID",
                    full ? image.text("Id") : Human.shortId(image.text("Id")),
                    "Repository",
                    repository,
                    "SharedSize",
                    "N/A",
                    "Size",
                    Human.size(image.number("Size")),
                    "Tag",
                    name.isEmpty() ? NONE : name.substring(colon + 1),
                    "UniqueSize",
                    "N/A");
            rows.add(row);
        }
        return rows;
    }

    /** Names with their platforms below them. */
    private static int tree(Context context, Flags flags, String filters) {
        for (String other : List.of("format", "quiet", "no-trunc", "digests")) {
            if (flags.isSet(other)) {
                throw new CliException("--" + other + " is not yet supported with --tree");
            }
        }
        Tree images = context.client()
                .get("/images/json" + query("all", flags.has("all") ? "1" : "", "filters", filters, "manifests", "1"));
        Table table = new Table();
        table.row(List.of("IMAGE", "ID", "DISK USAGE", "CONTENT SIZE", "EXTRA"));
        for (Tree image : images.list()) {
            List<Tree> platforms = image.list("Manifests").stream()
                    .filter(manifest -> manifest.text("Kind").equals("image"))
                    .toList();
            long total = platforms.stream()
                    .mapToLong(manifest -> manifest.number("Size", "Total"))
                    .sum();
            long content = platforms.stream()
                    .mapToLong(manifest -> manifest.number("Size", "Content"))
                    .sum();
            boolean used = platforms.stream().anyMatch(ImagesCommand::isUsed);
            List<String> names = image.texts("RepoTags");
            table.row(List.of(
                    names.isEmpty() ? "<untagged>" : String.join(", ", names),
                    Human.shortId(image.text("Id")),
                    Human.size(total),
                    Human.size(content),
                    used ? "U" : ""));
            for (int i = 0; i < platforms.size(); i++) {
                Tree one = platforms.get(i);
                boolean here = one.flag("Available");
                table.row(List.of(
                        (i == platforms.size() - 1 ? "└─ " : "├─ ") + platform(one.get("ImageData", "Platform")),
                        Human.shortId(one.text("ID")),
                        here ? Human.size(one.number("Size", "Total")) : "",
                        here ? Human.size(one.number("Size", "Content")) : "",
                        isUsed(one) ? "U" : ""));
            }
        }
        context.out().print(table);
        return 0;
    }

    private static boolean isUsed(Tree manifest) {
        return !manifest.list("ImageData", "Containers").isEmpty();
    }

    private static String platform(Tree platform) {
        String variant = platform.text("variant");
        return platform.text("os") + "/" + platform.text("architecture") + (variant.isEmpty() ? "" : "/" + variant);
    }
}
