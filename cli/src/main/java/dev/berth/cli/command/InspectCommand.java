package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.http.ApiException;
import dev.berth.cli.http.EngineClient;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import dev.berth.cli.text.Template;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code berth inspect}. */
final class InspectCommand {
    private InspectCommand() {}

    /** @param kind {@code container} or {@code image}; empty for whichever there is */
    static Command command(String kind) {
        return Command.of(
                "inspect [OPTIONS] "
                        + switch (kind) {
                            case "container" -> "CONTAINER [CONTAINER...]";
                            case "image" -> "IMAGE [IMAGE...]";
                            default -> "NAME|ID [NAME|ID...]";
                        },
                kind.isEmpty()
                        ? "Return low-level information on Berth objects"
                        : "Display detailed information on one or more " + kind + "s",
                1,
                -1,
                flags(kind),
                (context, flags) -> run(context, flags, kind.isEmpty() ? flags.text("type", "") : kind));
    }

    private static List<Flag> flags(String kind) {
        List<Flag> flags = new ArrayList<>();
        flags.add(Flag.format("f"));
        if (kind.isEmpty()) {
            flags.add(Flag.flag("size", "s", "Display total file sizes if the type is container"));
            flags.add(Flag.text("type", "", "Only inspect objects of the given type"));
        } else if (kind.equals("container")) {
            flags.add(Flag.flag("size", "s", "Display total file sizes"));
        } else {
            flags.add(PlatformFlag.of("Inspect a specific platform of the multi-platform image"));
        }
        return flags;
    }

    static int run(Context context, Flags flags, String kind) throws IOException {
        List<Tree> found = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        for (String name : flags.arguments()) {
            Optional<Tree> one = find(context.client(), name, kind, flags, failures);
            one.ifPresent(found::add);
        }
        print(context, flags, found.stream().map(Tree::value).toList());
        context.out().flush();
        failures.forEach(context.err()::println);
        return failures.isEmpty() ? 0 : 1;
    }

    /** Prints what was found: each by the template or as JSON in a line, or all as one list. */
    static void print(Context context, Flags flags, List<@Nullable Object> found) {
        Optional<String> format = flags.text("format").filter(text -> !text.isEmpty());
        if (format.isPresent() && !format.get().equals("json")) {
            Template template = new Template(format.get());
            for (Object one : found) {
                context.out().println(InspectCommand.apply(context, template, GoZeros.fill(one)));
            }
        } else if (format.isPresent()) {
            context.out().println(Json.text(found));
        } else {
            context.out().println(Json.indented(found));
        }
    }

    /** The template's text; a failure is told below an empty line, as Docker does. */
    static String apply(Context context, Template template, @Nullable Object value) {
        try {
            return template.apply(new Tree(value));
        } catch (CliException e) {
            context.out().println();
            throw e;
        }
    }

    private static Optional<Tree> find(
            EngineClient client, String name, String kind, Flags flags, List<String> failures) {
        boolean size = flags.has("size");
        Map<String, String> paths = Json.of(
                        "container", "/containers/" + EngineClient.encode(name) + "/json" + (size ? "?size=1" : ""),
                        "image",
                                "/images/" + EngineClient.encode(name) + "/json"
                                        + Identifiers.query("platform", PlatformFlag.json(flags)),
                        "network", "/networks/" + EngineClient.encode(name),
                        "volume", "/volumes/" + EngineClient.encode(name))
                .entrySet()
                .stream()
                .filter(entry -> kind.isEmpty() || entry.getKey().equals(kind))
                .collect(java.util.stream.Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> String.valueOf(entry.getValue()),
                        (a, b) -> a,
                        java.util.LinkedHashMap::new));
        if (paths.isEmpty()) {
            throw new CliException(
                    "unknown type: \"" + kind + "\": must be one of \"config\", \"container\", \"image\","
                            + " \"network\", \"node\", \"plugin\", \"secret\", \"service\", \"task\", \"volume\"");
        }
        for (String path : paths.values()) {
            try {
                return Optional.of(client.get(path));
            } catch (ApiException e) {
                if (e.status() != 404) {
                    failures.add(e.sentence());
                    return Optional.empty();
                }
                if (!kind.isEmpty()) {
                    failures.add(e.sentence());
                    return Optional.empty();
                }
            }
        }
        failures.add("Error: No such object: " + name);
        return Optional.empty();
    }
}
