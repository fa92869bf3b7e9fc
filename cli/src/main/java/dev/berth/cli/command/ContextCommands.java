package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.endpoint.ContextArchive;
import dev.berth.cli.endpoint.ContextStore;
import dev.berth.cli.endpoint.ContextStore.Stored;
import dev.berth.cli.endpoint.Endpoint;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import dev.berth.cli.text.Listing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@code berth context}: daemons under names, shared with Docker's own command line. */
final class ContextCommands {
    private static final String IN_MEMORY = "<IN MEMORY>";
    private static final String ENDPOINT_HELP = """

            Docker endpoint config:

            NAME                DESCRIPTION
            from                Copy named context's Docker endpoint configuration
            host                Docker endpoint on which to connect
            ca                  Trust certs signed only by this CA
            cert                Path to TLS certificate file
            key                 Path to TLS key file
            skip-tls-verify     Skip TLS certificate validation

            Example:

            $ berth context %s my-context --description "some description" --docker \
            "host=tcp://myserver:2376,ca=~/ca-file,cert=~/cert-file,key=~/key-file\"""";
    private static final Map<String, String> FILES = Map.of("ca", "ca.pem", "cert", "cert.pem", "key", "key.pem");

    private ContextCommands() {}

    static Command create() {
        return Command.of(
                "create [OPTIONS] CONTEXT",
                "Create a context\n" + ENDPOINT_HELP.formatted("create"),
                1,
                1,
                List.of(
                        Flag.text("description", "", "Description of the context"),
                        new Flag(
                                "docker", "", Flag.Kind.LIST, "stringToString", "set the docker endpoint (default [])"),
                        Flag.text("from", "", "create context from a named context")),
                ContextCommands::create);
    }

    private static int create(Context context, Flags flags) throws IOException {
        String name = flags.arguments().getFirst();
        ContextStore.checkName(name);
        ContextStore store = context.options().contexts();
        if (store.has(name)) {
            throw new CliException("context \"" + name + "\" already exists");
        }
        Optional<String> from = flags.text("from");
        Settings settings = Settings.of(flags.list("docker"));
        Settings used = from.isPresent() && flags.list("docker").isEmpty()
                ? new Settings(Map.of("from", from.get()))
                : settings;
        if (used.values().isEmpty()) {
            throw new CliException("docker endpoint configuration is required");
        }
        String description = flags.text("description")
                .or(() -> from.filter(store::has).map(other -> store.find(other).description()))
                .orElse("");
        write(context, name, description, used.endpoint(context), Optional.of(used.files(context)));
        context.out().println(name);
        context.out().flush();
        context.err().println("Successfully created context \"" + name + "\"");
        return 0;
    }

    private static void write(
            Context context,
            String name,
            String description,
            Map<String, @Nullable Object> endpoint,
            Optional<Map<String, byte[]>> files) {
        Map<String, @Nullable Object> metadata = description.isEmpty() ? Map.of() : Json.of("Description", description);
        context.options()
                .contexts()
                .write(
                        name,
                        Json.of("Name", name, "Metadata", metadata, "Endpoints", Json.of("docker", endpoint)),
                        files);
    }

    static Command update() {
        return Command.of(
                "update [OPTIONS] CONTEXT",
                "Update a context\n" + ENDPOINT_HELP.formatted("update"),
                1,
                1,
                List.of(
                        Flag.text("description", "", "Description of the context"),
                        new Flag(
                                "docker",
                                "",
                                Flag.Kind.LIST,
                                "stringToString",
                                "set the docker endpoint (default [])")),
                (context, flags) -> {
                    String name = flags.arguments().getFirst();
                    ContextStore.checkName(name);
                    Stored old = context.options().contexts().find(name);
                    Settings settings = Settings.of(flags.list("docker"));
                    boolean same = settings.values().isEmpty();
                    Map<String, @Nullable Object> endpoint = same
                            ? Json.of(
                                    "Host",
                                    old.host(),
                                    "SkipTLSVerify",
                                    old.meta().flag("Endpoints", "docker", "SkipTLSVerify"))
                            : settings.endpoint(context);
                    write(
                            context,
                            name,
                            flags.text("description", old.description()),
                            endpoint,
                            same ? Optional.empty() : Optional.of(settings.files(context)));
                    context.out().println(name);
                    context.out().flush();
                    context.err().println("Successfully updated context \"" + name + "\"");
                    return 0;
                });
    }

    /** What {@code --docker} says: {@code host=tcp://…,ca=…}. */
    private record Settings(Map<String, String> values) {
        private static final List<String> KNOWN = List.of("from", "host", "ca", "cert", "key", "skip-tls-verify");

        static Settings of(List<String> texts) {
            Map<String, String> values = new LinkedHashMap<>();
            for (String text : texts) {
                for (String pair : text.split(",", -1)) {
                    int equals = pair.indexOf('=');
                    if (equals < 0) {
                        throw new CliException("invalid argument \"" + text + "\" for \"--docker\" flag: " + pair
                                + " must be formatted as key=value");
                    }
                    String key = pair.substring(0, equals);
                    if (!KNOWN.contains(key)) {
                        throw new CliException("unrecognized config key: " + key);
                    }
                    values.put(key, pair.substring(equals + 1));
                }
            }
            return new Settings(values);
        }

        Map<String, @Nullable Object> endpoint(Context context) {
            if (values.containsKey("from")) {
                String from = values.get("from");
                if (from.equals(ContextStore.DEFAULT)) {
                    return Json.of("Host", defaultHost(context), "SkipTLSVerify", false);
                }
                Stored other = context.options().contexts().find(from);
                return Json.of(
                        "Host",
                        other.host(),
                        "SkipTLSVerify",
                        other.meta().flag("Endpoints", "docker", "SkipTLSVerify"));
            }
            String host = values.getOrDefault("host", "");
            if (!host.isEmpty()) {
                Endpoint.of(host, Optional.empty()); // refuses what is none
            }
            boolean skip = List.of("1", "t", "true").contains(values.getOrDefault("skip-tls-verify", ""));
            return Json.of("Host", host.isEmpty() ? defaultHost(context) : host, "SkipTLSVerify", skip);
        }

        /** The files' content: a context is whole without what it was made of. */
        Map<String, byte[]> files(Context context) throws IOException {
            Map<String, byte[]> files = new TreeMap<>();
            String from = values.getOrDefault("from", ContextStore.DEFAULT);
            if (!from.equals(ContextStore.DEFAULT)) {
                for (Map.Entry<String, Path> file :
                        context.options().contexts().find(from).tls().entrySet()) {
                    files.put(file.getKey(), Files.readAllBytes(file.getValue()));
                }
                return files;
            }
            for (Map.Entry<String, String> each : FILES.entrySet()) {
                if (values.containsKey(each.getKey())) {
                    Path file = Path.of(values.get(each.getKey()));
                    if (!Files.isRegularFile(file)) {
                        throw new CliException("unable to create docker endpoint config: open " + file
                                + ": no such file or directory");
                    }
                    files.put(each.getValue(), Files.readAllBytes(file));
                }
            }
            return files;
        }
    }

    private static String defaultHost(Context context) {
        return context.options().askedHost().orElseGet(Endpoint::usualHost);
    }

    static Command ls() {
        return Command.of(
                "ls [OPTIONS]",
                "List contexts",
                0,
                0,
                List.of(Flag.rowFormat(), Flag.flag("quiet", "q", "Only show context names")),
                ContextCommands::list);
    }

    private static int list(Context context, Flags flags) {
        String current = context.options().context();
        List<Map<String, Object>> rows = new ArrayList<>();
        rows.add(row(ContextStore.DEFAULT, "Current DOCKER_HOST based configuration", defaultHost(context), current));
        for (Stored stored : context.options().contexts().all()) {
            rows.add(row(stored.name(), stored.description(), stored.host(), current));
        }
        if (rows.stream().noneMatch(row -> current.equals(row.get("Name")))) {
            Map<String, Object> missing = row(current, "", "", current);
            missing.put("Error", "context not found: " + current);
            rows.add(missing);
        }
        rows.sort((a, b) -> String.valueOf(a.get("Name")).compareTo(String.valueOf(b.get("Name"))));
        if (flags.has("quiet")) {
            rows.forEach(row -> context.out().println(row.get("Name")));
            return 0;
        }
        Optional<String> format = flags.text("format").filter(text -> !text.equals("table"));
        Listing listing = new Listing(Listing.headings(
                "Name",
                "NAME",
                "Description",
                "DESCRIPTION",
                "DockerEndpoint",
                "DOCKER ENDPOINT",
                "Error",
                "ERROR",
                "Current",
                "CURRENT"));
        for (Map<String, Object> row : rows) {
            if (format.isEmpty() && Boolean.TRUE.equals(row.get("Current"))) {
                row.put("Name", row.get("Name") + " *");
            }
            listing.row(row);
        }
        listing.print(context.out(), format, List.of("Name", "Description", "DockerEndpoint", "Error"));
        context.out().flush();
        context.environment("DOCKER_HOST")
                .ifPresent(host -> context.err()
                        .println("Warning: DOCKER_HOST environment variable overrides the active context. To use a"
                                + " context, either set the global --context flag, or unset DOCKER_HOST environment"
                                + " variable."));
        return 0;
    }

    private static Map<String, Object> row(String name, String description, String host, String current) {
        return Json.of(
                "Current",
                name.equals(current),
                "Description",
                description,
                "DockerEndpoint",
                host,
                "Error",
                "",
                "Name",
                name);
    }

    static Command show() {
        return Command.of("show", "Print the name of the current context", 0, 0, List.of(), (context, flags) -> {
            context.out().println(context.options().context());
            return 0;
        });
    }

    static Command use() {
        return Command.of("use CONTEXT", "Set the current berth context", 1, 1, List.of(), (context, flags) -> {
            String name = flags.arguments().getFirst();
            if (!name.equals(ContextStore.DEFAULT)) {
                context.options().contexts().find(name);
            }
            context.options().contexts().use(name);
            context.out().println(name);
            context.out().flush();
            context.err().println("Current context is now \"" + name + "\"");
            context.environment("DOCKER_HOST")
                    .ifPresent(host -> context.err()
                            .println("Warning: DOCKER_HOST environment variable overrides the active context. To use"
                                    + " \"" + name + "\", either set the global --context flag, or unset DOCKER_HOST"
                                    + " environment variable."));
            return 0;
        });
    }

    static Command rm() {
        return Command.of(
                "rm CONTEXT [CONTEXT...]",
                "Remove one or more contexts",
                1,
                -1,
                List.of(Flag.flag("force", "f", "Force the removal of a context in use")),
                (context, flags) -> {
                    int code = 0;
                    for (String name : flags.arguments()) {
                        Optional<String> reason = refusal(context, name, flags.has("force"));
                        if (reason.isPresent()) {
                            context.out().flush();
                            context.err().println(reason.get());
                            code = 1;
                        } else {
                            remove(context, name);
                        }
                    }
                    return code;
                });
    }

    private static Optional<String> refusal(Context context, String name, boolean force) {
        if (name.equals(ContextStore.DEFAULT)) {
            return Optional.of("context \"default\" cannot be removed");
        }
        if (!context.options().contexts().has(name) && !force) {
            return Optional.of("context \"" + name + "\" does not exist");
        }
        return name.equals(context.options().context()) && !force
                ? Optional.of("context \"" + name + "\" is in use, set -f flag to force remove")
                : Optional.empty();
    }

    private static void remove(Context context, String name) {
        ContextStore store = context.options().contexts();
        store.remove(name);
        if (store.current().filter(name::equals).isPresent()) {
            store.use(ContextStore.DEFAULT);
        }
        context.out().println(name);
    }

    static Command inspect() {
        return Command.of(
                "inspect [OPTIONS] [CONTEXT] [CONTEXT...]",
                "Display detailed information on one or more contexts",
                0,
                -1,
                List.of(Flag.format("f")),
                (context, flags) -> {
                    List<String> names = flags.arguments().isEmpty()
                            ? List.of(context.options().context())
                            : flags.arguments();
                    List<@Nullable Object> found = new ArrayList<>();
                    List<String> failures = new ArrayList<>();
                    for (String name : names) {
                        try {
                            found.add(view(context, name));
                        } catch (CliException e) {
                            failures.add(String.valueOf(e.getMessage()));
                        }
                    }
                    if (flags.text("format", "").isEmpty()) {
                        // made here, not by a daemon, and so written as Go writes JSON
                        context.out()
                                .println(Json.indented(found)
                                        .replace("<", "\\u003c")
                                        .replace(">", "\\u003e"));
                    } else {
                        InspectCommand.print(context, flags, found);
                    }
                    context.out().flush();
                    failures.forEach(context.err()::println);
                    return failures.isEmpty() ? 0 : 1;
                });
    }

    private static Map<String, @Nullable Object> view(Context context, String name) {
        if (name.equals(ContextStore.DEFAULT)) {
            return Json.of(
                    "Name", name,
                    "Metadata", Map.of(),
                    "Endpoints", Json.of("docker", Json.of("Host", defaultHost(context), "SkipTLSVerify", false)),
                    "TLSMaterial", Map.of(),
                    "Storage", Json.of("MetadataPath", IN_MEMORY, "TLSPath", IN_MEMORY));
        }
        ContextStore store = context.options().contexts();
        Stored stored = store.find(name);
        Map<String, @Nullable Object> files = stored.tls().isEmpty()
                ? Map.of()
                : Json.of("docker", List.copyOf(stored.tls().keySet()));
        Map<String, @Nullable Object> view = stored.meta().members();
        view.put("TLSMaterial", files);
        view.put(
                "Storage",
                Json.of(
                        "MetadataPath",
                        store.metaFolder(name).toString(),
                        "TLSPath",
                        store.tlsFolder(name).toString()));
        return view;
    }

    static Command export() {
        return Command.of(
                "export [OPTIONS] CONTEXT [FILE|-]",
                "Export a context to a tar archive FILE or a tar stream on STDOUT.",
                1,
                2,
                List.of(),
                (context, flags) -> {
                    String name = flags.arguments().getFirst();
                    String file =
                            flags.arguments().size() > 1 ? flags.arguments().get(1) : name + ".dockercontext";
                    Stored stored = name.equals(ContextStore.DEFAULT)
                            ? new Stored(name, new Tree(view(context, name)), Map.of())
                            : context.options().contexts().find(name);
                    if (file.equals("-")) {
                        if (Context.isTerminal(1)) {
                            throw new CliException("cowardly refusing to export to a terminal, specify a file path");
                        }
                        ContextArchive.write(stored, context.out());
                        return 0;
                    }
                    ContextArchive.write(stored, Path.of(file));
                    context.err().println("Written file \"" + file + "\"");
                    return 0;
                });
    }

    static Command importOne() {
        return Command.of(
                "import CONTEXT FILE|-",
                "Import a context from a tar or zip file",
                2,
                2,
                List.of(),
                (context, flags) -> {
                    String name = flags.arguments().getFirst();
                    String file = flags.arguments().get(1);
                    ContextStore.checkName(name);
                    ContextStore store = context.options().contexts();
                    if (store.has(name)) {
                        throw new CliException("context \"" + name + "\" already exists");
                    }
                    if (!file.equals("-") && !Files.exists(Path.of(file))) {
                        throw new CliException("open " + file + ": no such file or directory");
                    }
                    try (InputStream in = file.equals("-") ? context.in() : Files.newInputStream(Path.of(file))) {
                        ContextArchive.read(in, name, store);
                    }
                    context.out().println(name);
                    context.out().flush();
                    context.err().println("Successfully imported context \"" + name + "\"");
                    return 0;
                });
    }
}
