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

/** {@code berth inspect}. */
final class InspectCommand {
    private InspectCommand() {}

    /** @param kind {@code container} or {@code image}; empty for whichever there is */
    static Command command(String kind) {
        return Command.of(
                "inspect [OPTIONS] NAME|ID [NAME|ID...]",
                "Return low-level information on Berth objects",
                1,
                -1,
                List.of(
                        Flag.text("format", "f", "Format output using a custom template: 'json' or a Go template"),
                        Flag.flag("size", "s", "Display total file sizes if the type is container"),
                        Flag.text("type", "", "Return JSON for specified type")),
                (context, flags) -> run(context, flags, kind.isEmpty() ? flags.text("type", "") : kind));
    }

    private static int run(Context context, Flags flags, String kind) throws IOException {
        List<Tree> found = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        for (String name : flags.arguments()) {
            Optional<Tree> one = find(context.client(), name, kind, failures);
            one.ifPresent(found::add);
        }
        Optional<String> format = flags.text("format").filter(text -> !text.equals("json"));
        if (format.isPresent()) {
            Template template = new Template(format.get());
            found.forEach(tree -> context.out().println(template.apply(tree)));
        } else if (flags.isSet("format")) {
            found.forEach(tree -> context.out().println(Json.text(tree)));
        } else {
            context.out().println(Json.indented(found.stream().map(Tree::value).toList()));
        }
        context.out().flush();
        failures.forEach(context.err()::println);
        return failures.isEmpty() ? 0 : 1;
    }

    private static Optional<Tree> find(EngineClient client, String name, String kind, List<String> failures) {
        Map<String, String> paths = Json.of(
                        "container", "/containers/" + EngineClient.encode(name) + "/json",
                        "image", "/images/" + EngineClient.encode(name) + "/json",
                        "network", "/networks/" + EngineClient.encode(name))
                .entrySet()
                .stream()
                .filter(entry -> kind.isEmpty() || entry.getKey().equals(kind))
                .collect(java.util.stream.Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> String.valueOf(entry.getValue()),
                        (a, b) -> a,
                        java.util.LinkedHashMap::new));
        if (paths.isEmpty()) {
            throw new CliException("\"" + kind + "\" is not a valid value for --type");
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
