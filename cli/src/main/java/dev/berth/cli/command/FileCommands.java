package dev.berth.cli.command;

import static dev.berth.cli.command.Identifiers.query;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.copy.Copy;
import dev.berth.cli.copy.RemotePath;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.http.Answer;
import dev.berth.cli.http.EngineClient;
import dev.berth.cli.json.Tree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Verbs about a container's files. */
final class FileCommands {
    private FileCommands() {}

    static Command cp() {
        return Command.of(
                "cp [OPTIONS] CONTAINER:SRC_PATH DEST_PATH|- | SRC_PATH|- CONTAINER:DEST_PATH",
                "Copy files/folders between a container and the local filesystem",
                2,
                2,
                List.of(
                        Flag.flag("archive", "a", "Archive mode (copy all uid/gid information)"),
                        Flag.flag("follow-link", "L", "Always follow symbol link in SRC_PATH"),
                        Flag.flag("quiet", "q", "Suppress progress output during copy")),
                FileCommands::copy);
    }

    private static int copy(Context context, Flags flags) throws IOException {
        String source = flags.arguments().get(0);
        String destination = flags.arguments().get(1);
        Optional<RemotePath> from = remote(context, source);
        Optional<RemotePath> to = remote(context, destination);
        if (from.isPresent() && to.isPresent()) {
            throw new CliException("copying between containers is not supported");
        }
        Copy copy = new Copy(context, flags.has("follow-link"), flags.has("archive"));
        if (from.isPresent()) {
            copy.out(from.get(), destination);
        } else {
            copy.in(source, to.orElseThrow(() -> new CliException("must specify at least one container source")));
        }
        boolean stream = source.equals("-") || destination.equals("-");
        if (!flags.has("quiet") && !stream && Context.isTerminal(2)) {
            context.err().println(copy.words(destination));
        }
        return 0;
    }

    /** A container's path, unless the word is a local one: those may have a colon behind a slash or a dot. */
    private static Optional<RemotePath> remote(Context context, String word) {
        int colon = word.indexOf(':');
        if (colon < 1 || word.startsWith("/") || word.startsWith(".")) {
            return Optional.empty();
        }
        return Optional.of(new RemotePath(context.client(), word.substring(0, colon), word.substring(colon + 1)));
    }

    static Command diff() {
        return Command.of(
                "diff CONTAINER",
                "Inspect changes to files or directories on a container's filesystem",
                1,
                1,
                List.of(Flag.text("format", "", "Format output using a custom template")),
                (context, flags) -> {
                    Tree changes = context.client()
                            .get(Identifiers.path(flags.arguments().getFirst()) + "/changes");
                    for (Tree change : changes.list()) {
                        String kind = List.of("C", "A", "D").get((int) change.number("Kind"));
                        context.out().println(kind + " " + change.text("Path"));
                    }
                    return 0;
                });
    }

    static Command export() {
        return Command.of(
                "export [OPTIONS] CONTAINER",
                "Export a container's filesystem as a tar archive",
                1,
                1,
                List.of(Flag.text("output", "o", "Write to a file, instead of STDOUT")),
                (context, flags) -> {
                    Optional<String> output = flags.text("output");
                    if (output.isEmpty() && Context.isTerminal(1)) {
                        throw new CliException("cowardly refusing to save to a terminal. Use the -o flag or redirect");
                    }
                    String path = Identifiers.path(flags.arguments().getFirst()) + "/export";
                    try (Answer answer = context.client().send("GET", path, null, Map.of())) {
                        if (output.isEmpty()) {
                            answer.body().transferTo(context.out());
                        } else {
                            ArchiveCommands.saveTo(
                                    Path.of(output.get()).toAbsolutePath(), answer.body(), "export container");
                        }
                    }
                    return 0;
                });
    }

    static Command commit() {
        return Command.of(
                "commit [OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
                "Create a new image from a container's changes",
                1,
                2,
                List.of(
                        Flag.text("author", "a", "Author (e.g., \"John Hannibal Smith <hannibal@a-team.com>\")"),
                        Flag.list("change", "c", "Apply Dockerfile instruction to the created image"),
                        Flag.text("message", "m", "Commit message"),
                        Flag.flag("pause", "p", "Pause container during commit (default true)")),
                (context, flags) -> {
                    String name =
                            flags.arguments().size() > 1 ? flags.arguments().get(1) : "";
                    int colon = name.lastIndexOf(':') > name.lastIndexOf('/') ? name.lastIndexOf(':') : -1;
                    StringBuilder path = new StringBuilder("/commit"
                            + query(
                                    "container",
                                    flags.arguments().getFirst(),
                                    "repo",
                                    colon < 0 ? name : name.substring(0, colon),
                                    "tag",
                                    colon < 0 ? "" : name.substring(colon + 1),
                                    "author",
                                    flags.text("author", ""),
                                    "comment",
                                    flags.text("message", ""),
                                    "pause",
                                    flags.has("pause", true) ? "1" : "0"));
                    flags.list("change")
                            .forEach(change -> path.append("&changes=").append(EngineClient.encode(change)));
                    context.out()
                            .println(
                                    context.client().post(path.toString(), null).text("Id"));
                    return 0;
                });
    }

    static Command update() {
        return Command.of(
                "update [OPTIONS] CONTAINER [CONTAINER...]",
                "Update configuration of one or more containers",
                1,
                -1,
                List.of(
                        Flag.number("cpu-period", "", "Limit CPU CFS (Completely Fair Scheduler) period"),
                        Flag.number("cpu-quota", "", "Limit CPU CFS (Completely Fair Scheduler) quota"),
                        Flag.number("cpu-shares", "c", "CPU shares (relative weight)"),
                        Flag.text("cpus", "", "Number of CPUs"),
                        Flag.text("cpuset-cpus", "", "CPUs in which to allow execution (0-3, 0,1)"),
                        Flag.text("cpuset-mems", "", "MEMs in which to allow execution (0-3, 0,1)"),
                        Flag.text("memory", "m", "Memory limit"),
                        Flag.text("memory-reservation", "", "Memory soft limit"),
                        Flag.text(
                                "memory-swap",
                                "",
                                "Swap limit equal to memory plus swap: '-1' to enable unlimited swap"),
                        Flag.number("pids-limit", "", "Tune container pids limit (set -1 for unlimited)"),
                        Flag.text("restart", "", "Restart policy to apply when a container exits")),
                (context, flags) -> {
                    Map<String, @Nullable Object> changes = changes(flags);
                    if (changes.isEmpty()) {
                        throw new CliException("you must provide one or more flags when using this command");
                    }
                    return Identifiers.forEach(
                            context,
                            flags.arguments(),
                            id -> context.client().post(Identifiers.path(id) + "/update", changes));
                });
    }

    private static Map<String, @Nullable Object> changes(Flags flags) {
        Map<String, @Nullable Object> changes = new LinkedHashMap<>();
        ResourceBody.addLimits(changes, flags);
        flags.text("cpuset-cpus").ifPresent(text -> changes.put("CpusetCpus", text));
        flags.text("cpuset-mems").ifPresent(text -> changes.put("CpusetMems", text));
        flags.text("restart").ifPresent(text -> changes.put("RestartPolicy", Values.restartPolicy(text)));
        return changes;
    }
}
