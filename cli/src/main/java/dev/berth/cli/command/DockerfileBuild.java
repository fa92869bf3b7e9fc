package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.build.BuildContext;
import dev.berth.cli.build.BuildProgress;
import dev.berth.cli.build.BuildStream;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.http.Answer;
import dev.berth.cli.http.EngineClient;
import dev.berth.cli.json.Json;
import dev.berth.cli.registry.Logins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code berth build PATH | URL | -}: the context is sent as it is read, and what the daemon tells is shown as it comes. */
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
        BuildProgress.Mode mode = mode();
        if (flags.isSet("iidfile")) {
            Files.deleteIfExists(Path.of(flags.text("iidfile", ""))); // none of an earlier build, if this one fails
        }
        BuildContext source = BuildContext.of(flags.arguments().getFirst(), flags.text("file"), context.in());
        String id = send(asked, source, mode);
        if (mode == BuildProgress.Mode.QUIET) {
            context.out().println(id);
        }
        if (flags.isSet("iidfile")) {
            Files.writeString(Path.of(flags.text("iidfile", "")), id);
        }
        String pushed = asked.pushes() ? push(mode) : "";
        if (flags.isSet("metadata-file")) {
            Files.writeString(Path.of(flags.text("metadata-file", "")), metadata(id, pushed));
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

    /** Gives the image's ID. */
    private String send(BuildFlags asked, BuildContext source, BuildProgress.Mode mode) throws IOException {
        String query = asked.query(source) + mode.query();
        Map<String, String> headers = new LinkedHashMap<>(
                Logins.read(context.options().configFolder()).headerOfAll(context.err()));
        headers.putAll(BuildSecrets.header(flags.list("secret"), context::variable));
        headers.putAll(BuildAgents.header(flags.list("ssh"), context::variable));
        EngineClient client = context.client();
        try (BuildProgress progress = BuildProgress.of(mode, context.err());
                Answer answer =
                        client.upload("POST", "/build" + query, headers, out -> progress.send(source.body(), out))) {
            return BuildStream.show(answer.body(), progress);
        }
    }

    /** By each of its names; gives the digest that it has in the last one's registry. */
    private String push(BuildProgress.Mode mode) throws IOException {
        String digest = "";
        for (String tag : flags.list("tag")) {
            boolean quiet = mode == BuildProgress.Mode.QUIET;
            digest = ImageCommands.push(context, tag, false, "", quiet, context.err());
        }
        return digest;
    }

    /** As buildx writes it, of an image that is known by its configuration until it is in a registry. */
    private String metadata(String id, String pushed) {
        Map<String, @Nullable Object> metadata =
                Json.of("containerimage.config.digest", id, "containerimage.digest", pushed.isEmpty() ? id : pushed);
        List<String> names = flags.list("tag").stream()
                .map(ImageCommands::canonical)
                .map(name -> name.lastIndexOf(':') > name.lastIndexOf('/') ? name : name + ":latest")
                .toList();
        if (!names.isEmpty()) {
            metadata.put("image.name", String.join(",", names));
        }
        return Json.indented(metadata, "  ") + "\n";
    }
}
