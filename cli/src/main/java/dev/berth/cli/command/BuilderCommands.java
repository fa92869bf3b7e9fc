package dev.berth.cli.command;

import dev.berth.cli.flag.Flag;
import java.io.ByteArrayInputStream;
import java.util.List;

/** {@code berth build} and {@code berth builder}. The engine says itself that it cannot build yet. */
final class BuilderCommands {
    private static final byte[] NO_CONTEXT = new byte[1024];

    private BuilderCommands() {}

    static Command build() {
        return Command.of(
                "build [OPTIONS] PATH | URL | -",
                "Build an image from a Dockerfile",
                1,
                1,
                List.of(
                        Flag.text("file", "f", "Name of the Dockerfile (default \"PATH/Dockerfile\")"),
                        Flag.list("tag", "t", "Name and optionally a tag in the \"name:tag\" format")),
                (context, flags) -> {
                    String query = Identifiers.query(
                            "t", flags.text("tag", ""), "dockerfile", flags.text("file", "Dockerfile"));
                    context.client()
                            .upload("/build" + query, new ByteArrayInputStream(NO_CONTEXT))
                            .close();
                    return 0;
                });
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
