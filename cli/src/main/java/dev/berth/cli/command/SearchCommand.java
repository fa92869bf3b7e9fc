package dev.berth.cli.command;

import static dev.berth.cli.command.Identifiers.query;

import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.http.Answer;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import dev.berth.cli.registry.Logins;
import dev.berth.cli.text.Human;
import dev.berth.cli.text.Listing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** {@code berth search}: Docker Hub's images, or those of the registry that the term begins with. */
final class SearchCommand {
    private static final int DESCRIPTION_WIDTH = 45;

    private SearchCommand() {}

    static Command command() {
        return Command.of(
                "search [OPTIONS] TERM",
                "Search Docker Hub or a registry for images",
                1,
                1,
                List.of(
                        Flag.filter("f", "Filter output based on conditions provided"),
                        Flag.text("format", "", "Pretty-print search using a Go template"),
                        Flag.number("limit", "", "Max number of search results"),
                        Flag.flag("no-trunc", "", "Don't truncate output")),
                SearchCommand::run);
    }

    private static int run(Context context, Flags flags) throws IOException {
        String term = flags.arguments().getFirst();
        String query = query(
                "term", term,
                "limit", flags.text("limit", ""),
                "filters", Filters.json(flags.list("filter")));
        List<Tree> found;
        try (Answer answer = context.client()
                .send(
                        "GET",
                        "/images/search" + query,
                        null,
                        Logins.read(context.options().configFolder()).header(Logins.serverOf(term)))) {
            found = new ArrayList<>(answer.json().list());
        }
        found.sort(Comparator.comparing((Tree one) -> one.number("star_count")).reversed());
        Listing listing = new Listing(Listing.headings(
                "Name", "NAME", "Description", "DESCRIPTION", "StarCount", "STARS", "IsOfficial", "OFFICIAL"));
        for (Tree one : found) {
            String description = one.text("description").replaceAll("[\\r\\n]", " ");
            listing.row(Json.of(
                    "Description",
                    flags.has("no-trunc") ? description : Human.ellipsis(description, DESCRIPTION_WIDTH),
                    "IsAutomated",
                    one.flag("is_automated") ? "[OK]" : "",
                    "IsOfficial",
                    one.flag("is_official") ? "[OK]" : "",
                    "Name",
                    one.text("name"),
                    "StarCount",
                    Long.toString(one.number("star_count"))));
        }
        listing.print(context.out(), flags.text("format"), List.of("Name", "Description", "StarCount", "IsOfficial"));
        return 0;
    }
}
