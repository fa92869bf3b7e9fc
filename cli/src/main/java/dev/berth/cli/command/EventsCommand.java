package dev.berth.cli.command;

import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.http.Answer;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import dev.berth.cli.text.Template;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code berth events}. */
final class EventsCommand {
    private static final long NANOS = 1_000_000_000;

    private EventsCommand() {}

    static Command command() {
        return Command.of(
                "events [OPTIONS]",
                "Get real time events from the server",
                0,
                0,
                List.of(
                        Flag.filter("f", "Filter output based on conditions provided"),
                        Flag.format(""),
                        Flag.text("since", "", "Show all events created since timestamp"),
                        Flag.text("until", "", "Stream events until this timestamp")),
                EventsCommand::run);
    }

    private static int run(Context context, Flags flags) throws IOException {
        Optional<String> format = flags.text("format").filter(text -> !text.isEmpty());
        Optional<Template> template =
                format.filter(text -> !text.equals("json")).map(text -> new Template(text, Template.Style.EVENTS));
        String query = Identifiers.query(
                "since", PointInTime.seconds(flags.text("since", "")),
                "until", PointInTime.seconds(flags.text("until", "")),
                "filters", Filters.json(flags.list("filter")));
        try (Answer answer = context.client().send("GET", "/events" + query, null, Map.of())) {
            BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Tree event = Json.parse(line);
                String text = template.isPresent()
                        ? template.get().apply(new Tree(members(event)))
                        : format.isPresent() ? Json.text(event) : sentence(event);
                context.out().println(text);
                context.out().flush();
            }
        }
        return 0;
    }

    /** With the names that Docker's command line gives its members. */
    private static Map<String, @Nullable Object> members(Tree event) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("Status", event.text("status"));
        members.put("ID", event.text("id"));
        members.put("From", event.text("from"));
        members.put("Type", event.text("Type"));
        members.put("Action", event.text("Action"));
        members.put("Actor", event.get("Actor").value());
        members.put("Scope", event.text("scope"));
        members.put("Time", event.number("time"));
        members.put("TimeNano", event.number("timeNano"));
        return members;
    }

    private static String sentence(Tree event) {
        long nanos = event.number("timeNano");
        String time = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.nnnnnnnnnXXX", Locale.ROOT)
                .format(Instant.ofEpochSecond(nanos / NANOS, nanos % NANOS).atZone(ZoneId.systemDefault()));
        String attributes = event.map("Actor", "Attributes").entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> entry.getKey() + "=" + entry.getValue().text())
                .collect(Collectors.joining(", "));
        return time + " " + event.text("Type") + " " + event.text("Action") + " " + event.text("Actor", "ID")
                + (attributes.isEmpty() ? "" : " (" + attributes + ")");
    }
}
