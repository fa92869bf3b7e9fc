package dev.berth.cli.command;

import static dev.berth.cli.command.Identifiers.query;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.http.Answer;
import dev.berth.cli.http.EngineClient;
import dev.berth.cli.text.TransferDisplay;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Verbs that take images out as files and in again. */
final class ArchiveCommands {
    private ArchiveCommands() {}

    static Command save() {
        return Command.of(
                "save [OPTIONS] IMAGE [IMAGE...]",
                "Save one or more images to a tar archive (streamed to STDOUT by default)",
                1,
                -1,
                List.of(
                        Flag.text("output", "o", "Write to a file, instead of STDOUT"),
                        PlatformFlag.of("Save only the given platform variant")),
                (context, flags) -> {
                    Optional<String> output = flags.text("output");
                    if (output.isEmpty() && Context.isTerminal(1)) {
                        throw new CliException("cowardly refusing to save to a terminal. Use the -o flag or redirect");
                    }
                    StringBuilder names = new StringBuilder();
                    flags.arguments()
                            .forEach(name -> names.append(names.isEmpty() ? "?" : "&")
                                    .append("names=")
                                    .append(EngineClient.encode(name)));
                    String platform = PlatformFlag.json(flags);
                    if (!platform.isEmpty()) {
                        names.append("&platform=").append(EngineClient.encode(platform));
                    }
                    try (Answer answer = context.client().send("GET", "/images/get" + names, null, Map.of())) {
                        if (output.isEmpty()) {
                            answer.body().transferTo(context.out());
                        } else {
                            saveTo(Path.of(output.get()).toAbsolutePath(), answer.body(), "save image");
                        }
                    }
                    return 0;
                });
    }

    /** Under another name first: a file that is there is whole. */
    static void saveTo(Path file, InputStream archive, String what) throws IOException {
        Path parent = Optional.ofNullable(file.getParent()).orElse(Path.of("/"));
        if (!Files.isDirectory(parent)) {
            throw new CliException(
                    "failed to " + what + ": invalid output path: directory \"" + parent + "\" does not exist");
        }
        Path unfinished = Files.createTempFile(parent, "." + file.getFileName(), ".part");
        try {
            try (OutputStream out = Files.newOutputStream(unfinished)) {
                archive.transferTo(out);
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    static Command load() {
        return Command.of(
                "load [OPTIONS]",
                "Load an image from a tar archive or STDIN",
                0,
                0,
                List.of(
                        Flag.text("input", "i", "Read from tar archive file, instead of STDIN"),
                        PlatformFlag.of("Load only the given platform variant"),
                        Flag.flag("quiet", "q", "Suppress the load output")),
                (context, flags) -> {
                    if (!flags.isSet("input") && Context.isTerminal(0)) {
                        throw new CliException("requested load from stdin, but stdin is empty");
                    }
                    try (InputStream archive = open(context, flags.text("input", "-"));
                            Answer answer = context.client()
                                    .upload(
                                            "/images/load"
                                                    + query(
                                                            "platform",
                                                            PlatformFlag.json(flags),
                                                            "quiet",
                                                            flags.has("quiet") ? "1" : ""),
                                            archive)) {
                        new TransferDisplay(context.out(), Context.isTerminal(1), false).show(answer.body());
                    }
                    return 0;
                });
    }

    private static InputStream open(Context context, String file) throws IOException {
        if (file.equals("-")) {
            return context.in();
        }
        try {
            return Files.newInputStream(Path.of(file));
        } catch (NoSuchFileException e) {
            throw new CliException("open " + file + ": no such file or directory");
        }
    }

    static Command importTree() {
        return Command.of(
                "import [OPTIONS] file|URL|- [REPOSITORY[:TAG]]",
                "Import the contents from a tarball to create a filesystem image",
                1,
                2,
                List.of(
                        Flag.list("change", "c", "Apply Dockerfile instruction to the created image"),
                        Flag.text("message", "m", "Set commit message for imported image"),
                        Flag.text("platform", "", "Set platform if server is multi-platform capable")),
                ArchiveCommands::importTree);
    }

    private static int importTree(Context context, Flags flags) throws IOException {
        List<String> words = flags.arguments();
        String source = words.getFirst();
        boolean web = source.startsWith("http://") || source.startsWith("https://");
        StringBuilder query = new StringBuilder(query(
                "fromSrc",
                web ? source : "-",
                "repo",
                words.size() > 1 ? words.get(1) : "",
                "message",
                flags.text("message", ""),
                "platform",
                flags.text("platform", "")));
        flags.list("change").forEach(change -> query.append("&changes=").append(EngineClient.encode(change)));
        try (InputStream tree = web ? InputStream.nullInputStream() : open(context, source);
                Answer answer = web
                        ? context.client().send("POST", "/images/create" + query, null, Map.of())
                        : context.client().upload("/images/create" + query, tree)) {
            new TransferDisplay(context.out(), Context.isTerminal(1), false).show(answer.body());
        }
        return 0;
    }
}
