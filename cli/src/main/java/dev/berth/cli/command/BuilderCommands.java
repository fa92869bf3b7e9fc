package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code berth build} and {@code berth builder}. The engine says itself that it cannot build from Dockerfiles yet. */
final class BuilderCommands {
    private static final byte[] NO_CONTEXT = new byte[1024];

    private BuilderCommands() {}

    static Command build() {
        List<Flag> flags = new ArrayList<>(List.of(
                Flag.text("file", "f", "Name of the Dockerfile (default \"PATH/Dockerfile\")"),
                Flag.text("iidfile", "", "Write the image ID to a file"),
                Flag.list("label", "", "Set metadata for an image"),
                Flag.list("output", "o", "Output destination (format: \"type=oci,dest=path\")"),
                Flag.text("platform", "", "Set the platform that the image is for"),
                Flag.flag("quiet", "q", "Suppress the build output and print image ID on success"),
                Flag.list("tag", "t", "Name and optionally a tag in the \"name:tag\" format")));
        flags.addAll(JarBuild.FLAGS);
        return Command.of(
                "build [OPTIONS] PATH | URL | -",
                "Build an image from a Dockerfile, or from a jar without one",
                0,
                1,
                flags,
                BuilderCommands::build);
    }

    private static int build(Context context, Flags flags) throws IOException {
        if (flags.isSet("jar")) {
            return JarBuild.run(context, flags);
        }
        if (flags.arguments().isEmpty()) {
            throw new CliException("'berth build' requires 1 argument: a context, or --jar with a jar");
        }
        String query = Identifiers.query("t", flags.text("tag", ""), "dockerfile", flags.text("file", "Dockerfile"));
        context.client()
                .upload("/build" + query, new ByteArrayInputStream(NO_CONTEXT))
                .close();
        return 0;
    }

    static Command prune() {
        return Command.of(
                "prune",
                "Remove build cache",
                0,
                0,
                List.of(
                        Flag.flag("all", "a", "Remove all unused build cache, not just dangling ones"),
                        Flag.filter("", "Provide filter values (e.g. \"until=24h\")"),
                        Flag.flag("force", "f", "Do not prompt for confirmation"),
                        new Flag(
                                "keep-storage", "", Flag.Kind.TEXT, "bytes", "Amount of disk space to keep for cache")),
                (context, flags) -> new Pruning(context, flags)
                        .ask(
                                flags.has("all")
                                        ? "This will remove all build cache."
                                        : "This will remove all dangling build cache.")
                        .buildCache());
    }
}
