package dev.berth.cli.command;

import dev.berth.cli.flag.Flag;
import java.util.ArrayList;
import java.util.List;

/** {@code berth build} and {@code berth builder}. */
final class BuilderCommands {
    static final String USAGE = "build [OPTIONS] PATH | URL | -";

    private BuilderCommands() {}

    static Command build() {
        List<Flag> flags = new ArrayList<>(BuildFlags.ALL);
        flags.addAll(BuildFlags.ABSENT);
        flags.addAll(BuildAttestations.FLAGS);
        flags.addAll(JarBuild.FLAGS);
        return Command.of(
                USAGE,
                "Build an image from a Dockerfile, or from a jar without one",
                0,
                1,
                flags,
                (context, given) ->
                        given.isSet("jar") ? JarBuild.run(context, given) : DockerfileBuild.run(context, given));
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
