package dev.berth.build.inquiry;

import dev.berth.build.dockerfile.CheckContext;
import dev.berth.build.dockerfile.CheckReport;
import dev.berth.build.dockerfile.CheckWarning;
import dev.berth.build.dockerfile.Checks;
import dev.berth.build.dockerfile.Dockerfile;
import dev.berth.build.dockerfile.DockerfileException;
import dev.berth.build.dockerfile.Outline;
import dev.berth.build.dockerfile.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Finds what is to be said about a Dockerfile. */
public final class Answers {
    private final String source;
    private final String name;
    private final Predicate<String> contexts;
    private final CheckContext context;

    /**
     * @param source the Dockerfile's text
     * @param name the file's
     * @param contexts whether a build has something else of a stage's name
     */
    public Answers(String source, String name, Predicate<String> contexts, CheckContext context) {
        this.source = source;
        this.name = name;
        this.contexts = contexts;
        this.context = context;
    }

    /**
     * Answers.
     *
     * @throws DockerfileException where that needs a Dockerfile that can be built, and it cannot be
     */
    public Answer to(Inquiry inquiry) {
        return switch (inquiry) {
            case CHECK -> checked(report());
            case OUTLINE -> outline(Outline.of(file().with(contexts), context));
            case TARGETS -> targets(file());
            case DESCRIBE -> described();
        };
    }

    private Dockerfile file() {
        return Dockerfile.parse(source, name);
    }

    // checks: what cannot be built is an answer too

    private CheckReport report() {
        try {
            return Checks.of(file().with(contexts), context);
        } catch (DockerfileException e) {
            return new CheckReport(List.of(), List.of(), false, Optional.of(e));
        }
    }

    private Answer checked(CheckReport report) {
        StringBuilder text = new StringBuilder();
        List<Document> warnings = new ArrayList<>();
        for (CheckWarning warning : report.warnings()) {
            text.append(warning.full(name, source));
            warnings.add(new Document()
                    .with("ruleName", warning.rule().title())
                    .withAny("description", warning.rule().description())
                    .withAny("url", warning.rule().url())
                    .withAny("detail", warning.message())
                    .at(warning.location()));
        }
        Document file = new Document()
                .with("filename", name)
                .with("language", "Dockerfile")
                .withAny("data", Document.data(source));
        Document answer = new Document().with("warnings", warnings).with("sources", List.of(file));
        String error = error(report, answer);
        boolean fine = warnings.isEmpty() && error.isEmpty();
        return new Answer(answer.text(), text.toString(), error, fine ? 0 : 1);
    }

    /** Adds to the answer what ends a build, and says it for people; nothing where all is well. */
    private static String error(CheckReport report, Document answer) {
        if (report.error().isPresent()) {
            DockerfileException error = report.error().get();
            String message = String.valueOf(error.getMessage());
            answer.with("buildError", error(message, Document.location(error.location())));
            return message + "\n" + error.excerpt();
        }
        if (report.failure().isPresent()) {
            answer.with("buildError", error(report.failure().get(), new Document()));
            return report.failure().get() + "\n";
        }
        return "";
    }

    private static Document error(String message, Document location) {
        return new Document().with("message", message).with("location", location);
    }

    // outlines

    private Answer outline(Outline outline) {
        StringBuilder text = new StringBuilder();
        if (!outline.name().isEmpty() || !outline.description().isEmpty()) {
            TextTable head = new TextTable(1).row("TARGET:", outline.name().isEmpty() ? "(default)" : outline.name());
            if (!outline.description().isEmpty()) {
                head.row("DESCRIPTION:", outline.description());
            }
            text.append(head).append('\n');
        }
        if (!outline.arguments().isEmpty()) {
            TextTable table = new TextTable(3).row("BUILD ARG", "VALUE", "DESCRIPTION");
            outline.arguments().forEach(arg -> table.row(arg.name(), arg.value(), arg.description()));
            text.append(table).append('\n');
        }
        text.append(needs("SECRET", outline.secrets())).append(needs("SSH", outline.agents()));
        Document answer = new Document()
                .withAny("name", outline.name())
                .withAny("description", outline.description())
                .withAny(
                        "args",
                        outline.arguments().stream().map(Answers::argument).toList())
                .withAny(
                        "secrets", outline.secrets().stream().map(Answers::need).toList())
                .withAny("ssh", outline.agents().stream().map(Answers::need).toList())
                .with("sources", List.of(Document.data(source)));
        return Answer.of(answer.text(), text.toString());
    }

    private static Document argument(Outline.Parameter argument) {
        return new Document()
                .with("name", argument.name())
                .withAny("description", argument.description())
                .withAny("value", argument.value())
                .at(argument.location());
    }

    private static Document need(Outline.Need need) {
        return new Document()
                .with("name", need.name())
                .withAny("required", need.required())
                .at(need.location());
    }

    private static String needs(String title, List<Outline.Need> needs) {
        if (needs.isEmpty()) {
            return "";
        }
        TextTable table = new TextTable(3).row(title, "REQUIRED");
        needs.forEach(need -> table.row(need.name(), need.required() ? "true" : ""));
        return table + "\n";
    }

    // targets

    private Answer targets(Dockerfile file) {
        TextTable table = new TextTable(1).row("TARGET", "DESCRIPTION");
        List<Document> targets = new ArrayList<>();
        for (Stage stage : file.stages()) {
            boolean last = stage.index() == file.stages().size() - 1;
            String called = stage.name().orElse("");
            String shown = Stream.of(called, last ? "(default)" : "")
                    .filter(word -> !word.isEmpty())
                    .reduce((one, other) -> one + " " + other)
                    .orElse("");
            table.row(shown, stage.description());
            targets.add(new Document()
                    .withAny("name", called)
                    .withAny("default", last)
                    .withAny("description", stage.description())
                    .withAny("base", stage.base())
                    .withAny("platform", stage.platform().orElse(""))
                    .at(stage.location()));
        }
        Document answer = new Document().with("targets", targets).with("sources", List.of(Document.data(source)));
        return Answer.of(answer.text(), table.toString());
    }

    // what there is to ask

    private static Answer described() {
        TextTable table = new TextTable(1).row("NAME", "VERSION", "DESCRIPTION");
        List<Document> inquiries = new ArrayList<>();
        for (Inquiry inquiry : Inquiry.values()) {
            table.row(inquiry.id().substring("frontend.".length()), Inquiry.VERSION, inquiry.description());
            inquiries.add(describe(inquiry));
        }
        return Answer.of(Document.text(inquiries), table.toString());
    }

    private static Document describe(Inquiry inquiry) {
        List<Document> options =
                inquiry == Inquiry.OUTLINE ? List.of(named("target", "Target build stage")) : List.of();
        List<Document> metadata = new ArrayList<>(List.of(named("result.json", ""), named("result.txt", "")));
        if (inquiry == Inquiry.CHECK) {
            metadata.add(named("result.statuscode", ""));
        }
        return new Document()
                .with("name", inquiry.id())
                .with("version", Inquiry.VERSION)
                .with("type", "rpc")
                .with("description", inquiry.description())
                .with("opts", options)
                .with("inputs", List.of())
                .with("metadata", metadata)
                .with("refs", List.of());
    }

    private static Document named(String name, String description) {
        return new Document().with("name", name).with("description", description);
    }
}
