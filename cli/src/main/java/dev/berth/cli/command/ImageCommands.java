package dev.berth.cli.command;

import static dev.berth.cli.command.Identifiers.query;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.http.Answer;
import dev.berth.cli.http.ApiException;
import dev.berth.cli.http.EngineClient;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import dev.berth.cli.registry.Logins;
import dev.berth.cli.text.Human;
import dev.berth.cli.text.Listing;
import dev.berth.cli.text.TransferDisplay;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Verbs about images. */
final class ImageCommands {
    private static final int CREATED_BY_WIDTH = 45;

    /** There is nothing to skip: names are not verified by a third party here, as nowhere any more. */
    private static final Flag UNTRUSTED = Flag.flag("disable-content-trust", "", "Skip image verification");

    private ImageCommands() {}

    private static String path(String image) {
        return "/images/" + EngineClient.encode(image);
    }

    // pull and push

    static Command pull() {
        return Command.of(
                "pull [OPTIONS] NAME[:TAG|@DIGEST]",
                "Download an image from a registry",
                1,
                1,
                List.of(
                        Flag.flag("all-tags", "a", "Download all tagged images in the repository"),
                        UNTRUSTED,
                        Flag.text("platform", "", "Set platform if server is multi-platform capable"),
                        Flag.flag("quiet", "q", "Suppress verbose output")),
                (context, flags) -> {
                    String name = flags.arguments().getFirst();
                    boolean tagged = hasTag(name);
                    if (flags.has("all-tags") && tagged) {
                        throw new CliException("tag can't be used with --all-tags/-a");
                    }
                    String full = tagged || flags.has("all-tags") ? name : name + ":latest";
                    boolean quiet = flags.has("quiet");
                    if (!tagged && !flags.has("all-tags") && !quiet) {
                        context.out().println("Using default tag: latest");
                    }
                    pull(context, full, flags.text("platform", ""), quiet, context.out());
                    context.out().println(canonical(full));
                    return 0;
                });
    }

    private static boolean hasTag(String name) {
        return name.contains("@") || name.lastIndexOf(':') > name.lastIndexOf('/');
    }

    /** With registry and repository spelled out. */
    static String canonical(String name) {
        String server = Logins.serverOf(name);
        if (!server.equals(Logins.DOCKER_HUB)) {
            return name;
        }
        String bare = name.startsWith("docker.io/") ? name.substring("docker.io/".length()) : name;
        return "docker.io/" + (bare.indexOf('/') < 0 ? "library/" + bare : bare);
    }

    /** Has the daemon fetch an image, and shows how it goes. */
    static void pull(Context context, String name, String platform, boolean quiet, PrintStream out) throws IOException {
        EngineClient client = context.client();
        String query = query("fromImage", name, "platform", platform);
        Map<String, String> login =
                Logins.read(context.options().configFolder()).header(Logins.serverOf(name));
        try (Answer answer = client.send("POST", "/images/create" + query, null, login)) {
            new TransferDisplay(out, Context.isTerminal(out == context.err() ? 2 : 1), quiet).show(answer.body());
        }
    }

    static Command push() {
        return Command.of(
                "push [OPTIONS] NAME[:TAG]",
                "Upload an image to a registry",
                1,
                1,
                List.of(
                        Flag.flag("all-tags", "a", "Push all tags of an image to the repository"),
                        UNTRUSTED,
                        PlatformFlag.of("Push a platform-specific manifest as a single-platform image to the registry"),
                        Flag.flag("quiet", "q", "Suppress verbose output")),
                (context, flags) -> {
                    String name = flags.arguments().getFirst();
                    if (!hasTag(name) && !flags.has("all-tags") && !flags.has("quiet")) {
                        context.out().println("Using default tag: latest");
                    }
                    push(
                            context,
                            name,
                            flags.has("all-tags"),
                            PlatformFlag.json(flags),
                            flags.has("quiet"),
                            context.out());
                    if (flags.has("quiet")) {
                        context.out().println(canonical(name));
                    }
                    return 0;
                });
    }

    /** Has the daemon send an image to its registry, and shows how it goes; gives the digest that it has there. */
    static String push(Context context, String name, boolean allTags, String platform, boolean quiet, PrintStream out)
            throws IOException {
        return push(context, name, allTags, platform, "", quiet, out);
    }

    /**
     * The same with notes in the documents that the registry gets.
     *
     * @param annotations what is added to the query
     */
    static String push(
            Context context,
            String name,
            boolean allTags,
            String platform,
            String annotations,
            boolean quiet,
            PrintStream out)
            throws IOException {
        int colon = hasTag(name) ? name.lastIndexOf(':') : -1;
        String repository = colon < 0 ? name : name.substring(0, colon);
        String tag = colon < 0 ? (allTags ? "" : "latest") : name.substring(colon + 1);
        Map<String, String> login =
                Logins.read(context.options().configFolder()).header(Logins.serverOf(name));
        String query = query("tag", tag, "platform", platform) + annotations;
        TransferDisplay display = new TransferDisplay(out, Context.isTerminal(out == context.err() ? 2 : 1), quiet);
        try (Answer answer = context.client().send("POST", path(repository) + "/push" + query, null, login)) {
            display.show(answer.body());
        }
        return display.pushedDigest();
    }

    // what there is

    static Command history() {
        return Command.of(
                "history [OPTIONS] IMAGE",
                "Show the history of an image",
                1,
                1,
                List.of(
                        Flag.rowFormat(),
                        Flag.flag("human", "H", "Print sizes and dates in human readable format"),
                        Flag.flag("no-trunc", "", "Don't truncate output"),
                        PlatformFlag.of("Show history for the given platform"),
                        Flag.flag("quiet", "q", "Only show image IDs")),
                (context, flags) -> {
                    Tree steps = context.client()
                            .get(path(flags.arguments().getFirst()) + "/history"
                                    + query("platform", PlatformFlag.json(flags)));
                    boolean human = flags.has("human", true);
                    boolean full = flags.has("no-trunc");
                    Listing listing = new Listing(Listing.headings(
                            "ID",
                            "IMAGE",
                            "CreatedSince",
                            human ? "CREATED" : "CREATED AT",
                            "CreatedBy",
                            "CREATED BY",
                            "Size",
                            "SIZE",
                            "Comment",
                            "COMMENT"));
                    for (Tree step : steps.list()) {
                        String by = step.text("CreatedBy").replaceAll("\\s+", " ");
                        String id = step.text("Id");
                        if (flags.has("quiet")) {
                            context.out().println(full ? id : Human.shortId(id));
                        }
                        listing.row(Json.of(
                                "ID",
                                full || id.equals("<missing>") ? id : Human.shortId(id),
                                "CreatedAt",
                                Instant.ofEpochSecond(step.number("Created")).toString(),
                                "CreatedSince",
                                created(step.number("Created"), human),
                                "CreatedBy",
                                full ? by : Human.ellipsis(by, CREATED_BY_WIDTH),
                                "Size",
                                human ? Human.size(step.number("Size")) : Long.toString(step.number("Size")),
                                "Comment",
                                step.text("Comment")));
                    }
                    if (!flags.has("quiet")) {
                        listing.print(
                                context.out(),
                                flags.text("format"),
                                List.of("ID", "CreatedSince", "CreatedBy", "Size", "Comment"));
                    }
                    return 0;
                });
    }

    private static String created(long epochSecond, boolean human) {
        if (!human) {
            return Instant.ofEpochSecond(epochSecond).toString();
        }
        return epochSecond == 0 ? "N/A" : Human.ago(epochSecond);
    }

    // names, and their end

    static Command tag() {
        return Command.of(
                "tag SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
                "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
                2,
                2,
                List.of(),
                (context, flags) -> {
                    String target = flags.arguments().get(1);
                    int colon = hasTag(target) ? target.lastIndexOf(':') : -1;
                    context.client()
                            .post(
                                    path(flags.arguments().getFirst()) + "/tag"
                                            + query(
                                                    "repo", colon < 0 ? target : target.substring(0, colon),
                                                    "tag", colon < 0 ? "" : target.substring(colon + 1)),
                                    null);
                    return 0;
                });
    }

    static Command rmi() {
        return Command.of(
                "rmi [OPTIONS] IMAGE [IMAGE...]",
                "Remove one or more images",
                1,
                -1,
                List.of(
                        Flag.flag("force", "f", "Force removal of the image"),
                        Flag.flag("no-prune", "", "Do not delete untagged parents")),
                (context, flags) -> {
                    int code = 0;
                    for (String image : flags.arguments()) {
                        try {
                            Tree removed = context.client()
                                    .delete(path(image) + query("force", flags.has("force") ? "1" : ""));
                            removed.list().forEach(one -> printRemoved(context, one));
                        } catch (ApiException e) {
                            context.out().flush();
                            context.err().println(e.sentence());
                            code = flags.has("force") && e.status() == 404 ? code : 1;
                        }
                    }
                    return code;
                });
    }

    private static void printRemoved(Context context, Tree one) {
        boolean untagged = !one.get("Untagged").isMissing();
        context.out().println(untagged ? "Untagged: " + one.text("Untagged") : "Deleted: " + one.text("Deleted"));
    }

    static Command prune() {
        return Command.of(
                "prune [OPTIONS]",
                "Remove unused images",
                0,
                0,
                List.of(
                        Flag.flag("all", "a", "Remove all unused images, not just dangling ones"),
                        Flag.filter("", "Provide filter values (e.g. \"until=<timestamp>\")"),
                        Flag.flag("force", "f", "Do not prompt for confirmation")),
                (context, flags) -> new Pruning(context, flags)
                        .ask(
                                flags.has("all")
                                        ? "This will remove all images without at least one container associated to"
                                                + " them."
                                        : "This will remove all dangling images.")
                        .images());
    }
}
