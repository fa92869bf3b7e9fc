package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.http.Answer;
import dev.berth.cli.http.ApiException;
import dev.berth.cli.http.EngineClient;
import dev.berth.cli.http.Hijacked;
import dev.berth.cli.json.Tree;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code berth run} and {@code berth create}. */
final class RunCommand {
    private static final int FAILED = 125;
    private static final int NOT_EXECUTABLE = 126;
    private static final int NOT_FOUND = 127;

    private final Context context;
    private final Flags flags;
    private final EngineClient client;
    private final String image;
    private final List<String> words;

    private RunCommand(Context context, Flags flags) {
        this.context = context;
        this.flags = flags;
        List<String> arguments = flags.arguments();
        boolean tree = flags.isSet("rootfs");
        if (!tree && arguments.isEmpty()) {
            throw new CliException(
                    FAILED,
                    "berth: 'berth run' requires at least 1 argument\n\nUsage:  berth run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\nRun 'berth run --help' for more information");
        }
        this.image = tree ? "" : arguments.getFirst();
        this.words = tree ? arguments : arguments.subList(1, arguments.size());
        this.client = context.client();
    }

    static Command run() {
        List<Flag> flags = new ArrayList<>(ContainerFlags.ALL);
        flags.add(Flag.flag("detach", "d", "Run container in background and print container ID"));
        flags.add(Flag.text("detach-keys", "", "Override the key sequence for detaching a container"));
        flags.add(Flag.flag("sig-proxy", "", "Proxy received signals to the process (default true)"));
        return new Command(
                "run [OPTIONS] IMAGE [COMMAND] [ARG...]",
                "Create and run a new container from an image",
                0,
                -1,
                false,
                flags,
                (context, given) -> new RunCommand(context, given).runIt());
    }

    static Command create() {
        return new Command(
                "create [OPTIONS] IMAGE [COMMAND] [ARG...]",
                "Create a new container",
                0,
                -1,
                false,
                ContainerFlags.ALL,
                (context, given) -> {
                    context.out().println(new RunCommand(context, given).make(true));
                    return 0;
                });
    }

    private int runIt() throws IOException {
        boolean detached = flags.has("detach");
        boolean terminal = flags.has("tty");
        if (!detached && terminal && flags.has("interactive") && !Context.isTerminal(0)) {
            throw new CliException(1, "the input device is not a TTY");
        }
        try {
            String id = make(detached);
            if (detached) {
                client.post(Identifiers.path(id) + "/start", null);
                context.out().println(id);
                return 0;
            }
            return runAttached(id, terminal);
        } catch (ApiException e) {
            context.out().flush();
            context.err().println("berth: " + e.sentence() + "\n\nRun 'berth run --help' for more information");
            return exitCode(String.valueOf(e.getMessage()));
        }
    }

    /** By the daemon's words, as Docker's own command line does it. */
    private static int exitCode(String message) {
        if (message.contains("executable file not found") || message.contains("no such file or directory")) {
            return NOT_FOUND;
        }
        boolean refused = message.contains("permission denied") || message.contains("is a directory");
        return refused || message.contains("exec format error") ? NOT_EXECUTABLE : FAILED;
    }

    /** Makes the container, and fetches the image first where it is missing. */
    private String make(boolean detached) throws IOException {
        String pull = flags.text("pull", "missing");
        if (!List.of("always", "missing", "never").contains(pull)) {
            throw Values.refused(
                    "invalid pull option: '" + pull + "': must be one of \"always\", \"missing\" or \"never\"");
        }
        Map<String, ?> body = ContainerBody.of(flags, image, words, detached);
        checkIdFile();
        boolean made = false;
        try {
            String id = make(pull, body);
            made = true; // from here on the file's content is the container's only trace
            writeIdFile(id);
            return id;
        } finally {
            if (!made) {
                removeIdFile();
            }
        }
    }

    private String make(String pull, Map<String, ?> body) throws IOException {
        if (pull.equals("always") && !image.isEmpty()) {
            fetch();
        }
        String path = "/containers/create"
                + Identifiers.query("name", flags.text("name", ""), "platform", flags.text("platform", ""));
        Tree created;
        try {
            created = client.post(path, body);
        } catch (ApiException e) {
            if (e.status() != 404 || image.isEmpty() || !pull.equals("missing")) {
                throw e;
            }
            context.err().println("Unable to find image '" + withTag(image) + "' locally");
            fetch();
            created = client.post(path, body);
        }
        for (String warning : created.texts("Warnings")) {
            context.err().println("WARNING: " + warning);
        }
        return created.text("Id");
    }

    private static String withTag(String image) {
        return image.contains("@") || image.lastIndexOf(':') > image.lastIndexOf('/') ? image : image + ":latest";
    }

    private void fetch() throws IOException {
        ImageCommands.pull(context, withTag(image), flags.text("platform", ""), flags.has("quiet"), context.err());
    }

    /** Makes the file already, so that no container is made whose id cannot be written. */
    private void checkIdFile() {
        flags.text("cidfile").ifPresent(file -> {
            try {
                Files.createFile(Path.of(file));
            } catch (FileAlreadyExistsException e) {
                throw Values.refused(
                        "container ID file found, make sure the other container isn't running or delete " + file);
            } catch (IOException e) {
                throw new CliException(
                        NOT_FOUND,
                        "berth: failed to create the container ID file: open " + file
                                + ": no such file or directory\n\nRun 'berth run --help' for more information");
            }
        });
    }

    private void writeIdFile(String id) throws IOException {
        Optional<String> file = flags.text("cidfile");
        if (file.isPresent()) {
            Files.writeString(Path.of(file.get()), id);
        }
    }

    private void removeIdFile() throws IOException {
        Optional<String> file = flags.text("cidfile");
        if (file.isPresent()) {
            Files.deleteIfExists(Path.of(file.get()));
        }
    }

    private int runAttached(String id, boolean terminal) throws IOException {
        String path = Identifiers.path(id);
        List<String> attach =
                flags.list("attach").stream().map(String::toLowerCase).toList();
        boolean some = !attach.isEmpty();
        boolean input = flags.has("interactive") && (!some || attach.contains("stdin"));
        boolean stdout = !some || attach.contains("stdout");
        boolean stderr = !some || attach.contains("stderr");
        Hijacked stream = client.hijack(
                path + "/attach"
                        + Identifiers.query(
                                "stream", "1",
                                "stdin", input ? "1" : "",
                                "stdout", stdout ? "1" : "",
                                "stderr", stderr ? "1" : "",
                                "detachKeys", flags.text("detach-keys", "")),
                null);
        try (Attached attached = new Attached(context, stream, terminal, input);
                Answer waiting = client.send(
                        "POST",
                        path + "/wait?condition=" + (flags.has("rm") ? "removed" : "next-exit"),
                        null,
                        Map.of())) {
            if (!terminal && flags.has("sig-proxy", true)) {
                Attached.passSignals(signal -> client.post(path + "/kill?signal=" + signal, null));
            }
            client.post(path + "/start", null);
            attached.prepareTerminal(
                    (rows, columns) -> client.post(path + "/resize?h=" + rows + "&w=" + columns, null));
            attached.copy(stdout, stderr);
            return end(path, waiting);
        }
    }

    /** The stream has ended: with the container, or because its keys were typed. */
    private int end(String path, Answer waiting) throws IOException {
        if (flags.has("tty") && Attached.isDetached(client, path)) {
            return 0;
        }
        Tree result = waiting.json();
        if (!result.get("Error").isMissing()) {
            throw new CliException(FAILED, "Error waiting for container: " + result.text("Error", "Message"));
        }
        return (int) result.number("StatusCode");
    }
}
