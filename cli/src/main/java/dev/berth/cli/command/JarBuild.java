package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.http.Answer;
import dev.berth.cli.jar.FolderJar;
import dev.berth.cli.jar.JarPackage;
import dev.berth.cli.registry.Logins;
import dev.berth.cli.text.TransferDisplay;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code berth build --jar}: an image of a Java application without a Dockerfile. Into the daemon's store by its {@code POST
 * /berth/build/jar}; into a file by a program of our own that takes the same and needs no daemon.
 */
final class JarBuild {
    /** What {@code build} takes for it, beside what it takes anyway. */
    static final List<Flag> FLAGS = List.of(
            Flag.list("add-modules", "", "Modules of the JDK for a runtime that is made here (with --jar)"),
            Flag.list("arg", "", "Arguments of the application (with --jar)"),
            Flag.text("base", "", "Image to put the application on; none to make a runtime for it (with --jar)"),
            Flag.list("env", "e", "Set environment variables (with --jar)"),
            Flag.list("expose", "", "Ports that the application listens on (with --jar)"),
            Flag.text("jar", "", "Build an image of a jar, or of a folder of classes, without a Dockerfile"),
            Flag.list("jvm-flag", "", "Flags of the JVM (with --jar)"),
            Flag.list("lib", "", "Further jars, or folders of them, for the class path (with --jar)"),
            Flag.text("main-class", "", "Class to start instead of the one that the manifest names (with --jar)"),
            Flag.text("user", "u", "User that the application runs as (with --jar)"),
            Flag.text("workdir", "w", "Folder that the application runs in (with --jar)"));

    private final Context context;
    private final Flags flags;

    private JarBuild(Context context, Flags flags) {
        this.context = context;
        this.flags = flags;
    }

    /** Builds what the flags say; gives the exit code. */
    static int run(Context context, Flags flags) throws IOException {
        if (!flags.arguments().isEmpty()) {
            throw new CliException("a jar is built without a context: remove "
                    + flags.arguments().getFirst());
        }
        BuildFlags.checkForJar(flags);
        return new JarBuild(context, flags).build();
    }

    private int build() throws IOException {
        Path file = Path.of(flags.text("jar", ""));
        if (!Files.exists(file)) {
            throw new CliException("--jar " + file + ": no such file or directory");
        }
        BuildOutput output = BuildOutput.of(flags.list("output"));
        String id;
        if (Files.isDirectory(file)) {
            try (FolderJar jar = FolderJar.of(file)) {
                id = build(jar.file(), output);
            }
        } else {
            id = build(file, output);
        }
        if (flags.has("quiet") && !(output instanceof BuildOutput.ToStdout)) {
            context.out().println(id);
        }
        if (flags.isSet("iidfile")) {
            Files.writeString(Path.of(flags.text("iidfile", "")), id);
        }
        return 0;
    }

    /** Gives the image's ID. */
    private String build(Path file, BuildOutput output) throws IOException {
        List<Path> libraries = flags.list("lib").stream().map(Path::of).toList();
        JarPackage jar = JarPackage.of(file, libraries);
        String query = query(jar);
        Map<String, String> login = flags.isSet("base")
                ? Logins.read(context.options().configFolder()).header(Logins.serverOf(flags.text("base", "")))
                : Map.of();
        return switch (output) {
            case BuildOutput.Store() -> {
                try (Answer answer = context.client().upload("POST", "/berth/build/jar" + query, login, jar::writeTo)) {
                    yield shown(answer.body(), context.out());
                }
            }
            case BuildOutput.ToFile(var form, var destination) ->
                withoutDaemon(jar, query, login, form, destination, context.out());
            case BuildOutput.ToStdout() -> {
                if (Context.isTerminal(1)) {
                    throw new CliException("refusing to write an image to a terminal: name a file with dest=");
                }
                Path whole = Files.createTempFile("berth-", ".tar");
                try {
                    String id = withoutDaemon(jar, query, login, "archive", whole, context.err());
                    Files.copy(whole, context.out());
                    context.out().flush();
                    yield id;
                } finally {
                    Files.deleteIfExists(whole);
                }
            }
        };
    }

    /** By the program, which is told and tells what the daemon is and does. */
    private String withoutDaemon(
            JarPackage jar,
            String query,
            Map<String, String> login,
            String form,
            Path destination,
            PrintStream progress)
            throws IOException {
        String script = context.environment("BERTH_SCRIPT")
                .orElseThrow(() -> new CliException("an image is written to a file by the program that ./berth finds:"
                        + " start this command by ./berth"));
        ProcessBuilder builder = new ProcessBuilder(
                        script, "jar-image", form, destination.toAbsolutePath().toString(), query)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        login.values().forEach(value -> builder.environment().put("BERTH_REGISTRY_AUTH", value));
        Process process = builder.start();
        try (OutputStream stdin = process.getOutputStream()) {
            jar.writeTo(stdin);
        } catch (IOException e) {
            // it refused before it had read all: its last line says why
        }
        try (InputStream lines = process.getInputStream()) {
            String id = shown(lines, progress);
            if (process.waitFor() != 0 || id.isEmpty()) {
                throw new CliException("the image could not be made; what was wrong is said above");
            }
            return id;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException("interrupted while the image was made");
        } finally {
            process.destroy();
        }
    }

    /** Shows the progress to its end; gives the image's ID. */
    private String shown(InputStream lines, PrintStream out) throws IOException {
        TransferDisplay display = new TransferDisplay(out, Context.isTerminal(1), flags.has("quiet"));
        display.show(lines);
        return display.builtId();
    }

    private String query(JarPackage jar) {
        Query query = new Query();
        query.add("jar", jar.jar());
        query.addAll("lib", jar.libraries());
        query.addAll("t", flags.list("tag"));
        query.add("base", flags.text("base", ""));
        flags.list("add-modules").forEach(list -> query.addAll("module", List.of(list.split(","))));
        query.add("mainclass", flags.text("main-class", ""));
        query.addAll("jvmflag", flags.list("jvm-flag"));
        query.addAll("arg", flags.list("arg"));
        for (String variable : flags.list("env")) {
            Optional<String> own = variable.contains("=") ? Optional.empty() : context.environment(variable);
            query.add("env", own.map(value -> variable + "=" + value).orElse(variable));
        }
        query.addAll("label", flags.list("label"));
        query.addAll("expose", flags.list("expose"));
        query.add("user", flags.text("user", ""));
        query.add("workdir", flags.text("workdir", ""));
        query.add("platform", flags.text("platform", ""));
        query.add("sourcedate", context.environment("SOURCE_DATE_EPOCH").orElse(""));
        return query.text();
    }
}
