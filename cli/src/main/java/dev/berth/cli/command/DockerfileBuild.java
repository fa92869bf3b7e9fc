package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.build.BuildContext;
import dev.berth.cli.build.BuildProgress;
import dev.berth.cli.build.BuildStream;
import dev.berth.cli.build.Built;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.http.EngineClient;
import dev.berth.cli.output.Output;
import dev.berth.cli.output.OutputWriter;
import dev.berth.cli.registry.Logins;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code berth build PATH | URL | -}: what the daemon tells is shown as it comes. */
final class DockerfileBuild {
    private final Context context;
    private final Flags flags;

    private DockerfileBuild(Context context, Flags flags) {
        this.context = context;
        this.flags = flags;
    }

    /** Builds what the flags say; gives the exit code. */
    static int run(Context context, Flags flags) throws IOException {
        if (flags.arguments().isEmpty()) {
            throw new CliException("berth: 'berth build' requires 1 argument\n\nUsage:  berth " + BuilderCommands.USAGE
                    + "\n\nRun 'berth build --help' for more information");
        }
        return new DockerfileBuild(context, flags).build();
    }

    private int build() throws IOException {
        BuildFlags asked = new BuildFlags(flags, context::variable);
        asked.check();
        BuildOutputs outputs = BuildOutputs.of(flags);
        BuildAnnotations annotations = BuildAnnotations.of(flags.list("annotation"), outputs);
        if (outputs.isStandardOutputTaken() && Context.isTerminal(1)) {
            throw new CliException("refusing to write output to a terminal: name a file with dest=, or redirect");
        }
        BuildProgress.Mode mode = mode();
        Optional<BuildCall> call = BuildCall.of(flags);
        if (call.isPresent()) {
            BuildContext source = BuildContext.of(flags.arguments().getFirst(), flags.text("file"), context.in());
            String query =
                    asked.query(source, outputs) + mode.query() + call.get().query();
            return call.get().show(send(query, source, mode, BuildStream::answer), context.out());
        }
        if (flags.isSet("iidfile")) {
            Files.deleteIfExists(Path.of(flags.text("iidfile", ""))); // none of an earlier build, if this one fails
        }
        BuildContext source = BuildContext.of(flags.arguments().getFirst(), flags.text("file"), context.in());
        Built built = send(asked.query(source, outputs) + mode.query(), source, mode, BuildStream::show);
        OutputWriter writer = new OutputWriter(context, built, outputs.tags(), annotations.query());
        for (Output output : outputs.all()) {
            writer.write(output);
        }
        if (mode == BuildProgress.Mode.QUIET && !outputs.isStandardOutputTaken()) {
            context.out().println(built.id());
        }
        if (flags.isSet("iidfile")) {
            Files.writeString(Path.of(flags.text("iidfile", "")), built.id());
        }
        Optional<String> pushed = Optional.empty();
        if (outputs.isPushed()) {
            pushed = Optional.of(push(outputs.names(), annotations, mode));
        }
        if (flags.isSet("metadata-file")) {
            String metadata =
                    annotations.isEmpty() ? BuildMetadata.of(built, outputs) : BuildMetadata.of(built, outputs, pushed);
            Files.writeString(Path.of(flags.text("metadata-file", "")), metadata);
        }
        return 0;
    }

    private BuildProgress.Mode mode() {
        String word = flags.text("progress")
                .or(() -> context.environment("BUILDKIT_PROGRESS"))
                .orElse("auto");
        if (flags.has("quiet") && !word.equals("auto") && !word.equals("quiet")) {
            throw new CliException("progress=" + word + " and quiet cannot be used together");
        }
        return BuildProgress.Mode.of(flags.has("quiet") ? "quiet" : word, Context.isTerminal(2));
    }

    /** Reads what the daemon tells. */
    private interface Reading<T> {
        T read(InputStream stream, BuildProgress progress) throws IOException;
    }

    private <T> T send(String query, BuildContext source, BuildProgress.Mode mode, Reading<T> reading)
            throws IOException {
        EngineClient client = context.client();
        try (BuildCaches caches =
                        BuildCaches.open(client, flags.list("cache-from"), flags.list("cache-to"), context.err());
                BuildContexts contexts = BuildContexts.of(flags.list("build-context"))) {
            T told = send(client, query + caches.query(), source, contexts, mode, reading);
            caches.take();
            return told;
        }
    }

    private <T> T send(
            EngineClient client,
            String query,
            BuildContext source,
            BuildContexts contexts,
            BuildProgress.Mode mode,
            Reading<T> reading)
            throws IOException {
        Map<String, String> headers = new LinkedHashMap<>(
                Logins.read(context.options().configFolder()).headerOfAll(context.err()));
        headers.putAll(BuildSecrets.header(flags.list("secret"), context::variable));
        headers.putAll(BuildAgents.header(flags.list("ssh"), context::variable));
        try (BuildProgress progress = BuildProgress.of(mode, context.err());
                BegunBuild begun = BegunBuild.begin(client, source, contexts, query, headers, progress)) {
            return begun.read(stream -> reading.read(stream, progress));
        }
    }

    /** Gives the digest that the registry knows it by. */
    private String push(List<String> names, BuildAnnotations annotations, BuildProgress.Mode mode) throws IOException {
        String digest = "";
        for (String name : names) {
            digest = ImageCommands.push(
                    context, name, false, "", annotations.query(), mode == BuildProgress.Mode.QUIET, context.err());
        }
        return digest;
    }
}
