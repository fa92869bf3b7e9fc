package dev.berth.build.dockerfile;

import dev.berth.build.dockerfile.Flags.Kind;
import dev.berth.build.dockerfile.Instruction.Add;
import dev.berth.build.dockerfile.Instruction.Arg;
import dev.berth.build.dockerfile.Instruction.Cmd;
import dev.berth.build.dockerfile.Instruction.Copy;
import dev.berth.build.dockerfile.Instruction.Entrypoint;
import dev.berth.build.dockerfile.Instruction.Env;
import dev.berth.build.dockerfile.Instruction.Expose;
import dev.berth.build.dockerfile.Instruction.From;
import dev.berth.build.dockerfile.Instruction.Healthcheck;
import dev.berth.build.dockerfile.Instruction.Label;
import dev.berth.build.dockerfile.Instruction.Maintainer;
import dev.berth.build.dockerfile.Instruction.OnBuild;
import dev.berth.build.dockerfile.Instruction.Run;
import dev.berth.build.dockerfile.Instruction.Shell;
import dev.berth.build.dockerfile.Instruction.StopSignal;
import dev.berth.build.dockerfile.Instruction.User;
import dev.berth.build.dockerfile.Instruction.Volume;
import dev.berth.build.dockerfile.Instruction.Workdir;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads an instruction. What fails is a {@link LanguageException}; whoever has the file adds where. */
final class InstructionReader {
    private static final List<String> NAMES = List.of(
            "ADD",
            "ARG",
            "CMD",
            "COPY",
            "ENTRYPOINT",
            "ENV",
            "EXPOSE",
            "FROM",
            "HEALTHCHECK",
            "LABEL",
            "MAINTAINER",
            "ONBUILD",
            "RUN",
            "SHELL",
            "STOPSIGNAL",
            "USER",
            "VOLUME",
            "WORKDIR");
    private static final Pattern STAGE_NAME = Pattern.compile("[a-z][a-z0-9-_.]*");

    private final Line line;
    private final char escape;
    private final Command command;
    private final Origin origin;

    InstructionReader(Line line, char escape) {
        this.line = line;
        this.escape = escape;
        this.command = Command.split(line.text(), escape);
        this.origin = new Origin(command.keyword(), Text.trim(line.text()), line.location(), line.comments());
    }

    Instruction read() {
        return switch (command.name()) {
            case "ADD" -> add();
            case "ARG" -> arg();
            case "CMD" -> new Cmd(noFlags(), commandLine(command.rest()));
            case "COPY" -> copy();
            case "ENTRYPOINT" -> new Entrypoint(noFlags(), commandLine(command.rest()));
            case "ENV" -> new Env(noFlags(), pairs());
            case "EXPOSE" ->
                new Expose(noFlags(), some(words()).stream().sorted().toList());
            case "FROM" -> from();
            case "HEALTHCHECK" -> healthcheck();
            case "LABEL" -> new Label(noFlags(), pairs());
            case "MAINTAINER" -> new Maintainer(noFlags(), one());
            case "ONBUILD" -> onBuild();
            case "RUN" -> run();
            case "SHELL" -> shell();
            case "STOPSIGNAL" -> new StopSignal(noFlags(), one());
            case "USER" -> new User(noFlags(), one());
            case "VOLUME" -> volume();
            case "WORKDIR" -> new Workdir(noFlags(), one());
            default ->
                throw new LanguageException(Suggestion.appendInAnyCase(
                        "unknown instruction: " + Text.shortened(command.keyword()), command.keyword(), NAMES));
        };
    }

    private Origin noFlags() {
        Flags.read(command.flags(), Map.of());
        return origin;
    }

    private String one() {
        if (command.rest().isEmpty()) {
            throw new LanguageException(command.name() + " requires exactly one argument");
        }
        return command.rest();
    }

    private <T> List<T> some(List<T> arguments) {
        if (arguments.isEmpty()) {
            throw new LanguageException(command.name() + " requires at least one argument");
        }
        return arguments;
    }

    private List<String> words() {
        return command.rest().isEmpty() ? List.of() : Text.split(command.rest(), Integer.MAX_VALUE);
    }

    private List<String> jsonOrWords() {
        return JsonWords.read(command.rest()).orElseGet(this::words);
    }

    private From from() {
        List<String> words = words();
        boolean named = words.size() == 3 && words.get(1).equalsIgnoreCase("as");
        if (!named && words.size() != 1) {
            throw new LanguageException("FROM requires either one or three arguments");
        }
        Optional<String> stage = named ? Optional.of(stageName(words.get(2))) : Optional.empty();
        Flags flags = Flags.read(command.flags(), Map.of("platform", Kind.TEXT));
        Optional<String> platform = flags.text("platform").filter(text -> !text.isEmpty());
        return new From(origin, words.getFirst(), platform, stage, words);
    }

    private static String stageName(String written) {
        String name = written.toLowerCase(Locale.ROOT);
        if (!STAGE_NAME.matcher(name).matches()) {
            throw new LanguageException("invalid name for build stage: " + Text.quote(written)
                    + ", name can't start with a number or contain symbols");
        }
        return name;
    }

    private Arg arg() {
        noFlags();
        List<Argument> arguments = new ArrayList<>();
        for (String word : some(QuotedWords.of(command.rest(), escape))) {
            int equals = word.indexOf('=');
            if (equals == 0) {
                throw new LanguageException("ARG names can not be blank");
            }
            String key = equals < 0 ? word : word.substring(0, equals);
            Optional<String> value = equals < 0 ? Optional.empty() : Optional.of(word.substring(equals + 1));
            arguments.add(new Argument(key, value, Comments.description(line.comments(), key)));
        }
        return new Arg(origin, arguments);
    }

    /** {@code a=b c="d e"}, or of old {@code a b c}: a name, and all that follows. */
    private List<Pair> pairs() {
        List<String> words = some(QuotedWords.of(command.rest(), escape));
        if (!words.getFirst().contains("=")) {
            List<String> parts = Text.split(command.rest(), 2);
            if (parts.size() < 2) {
                throw new LanguageException(command.name() + " must have two arguments");
            }
            return List.of(new Pair(parts.getFirst(), parts.getLast(), true));
        }
        return words.stream().map(this::pair).toList();
    }

    private Pair pair(String word) {
        int equals = word.indexOf('=');
        if (equals < 0) {
            throw new LanguageException("Syntax error - can't find = in " + Text.quote(Text.shortened(word))
                    + ". Must be of the form: name=value");
        }
        if (equals == 0) {
            throw new LanguageException(command.name() + " names can not be blank");
        }
        return new Pair(word.substring(0, equals), word.substring(equals + 1), false);
    }

    private CommandLine commandLine(String text) {
        Optional<List<String>> words = JsonWords.read(text);
        return words.isPresent() ? new CommandLine.Exec(words.get()) : new CommandLine.Shell(text, line.documents());
    }

    private Run run() {
        Flags flags = Flags.read(
                command.flags(),
                Map.of("device", Kind.TEXTS, "mount", Kind.TEXTS, "network", Kind.TEXT, "security", Kind.TEXT));
        CommandLine commandLine = commandLine(command.rest());
        if (commandLine instanceof CommandLine.Exec exec) {
            some(exec.words());
        }
        if (!line.documents().isEmpty() && HeredocSign.read(command.rest()).isPresent()) {
            commandLine =
                    new CommandLine.Script(command.rest(), line.documents().getFirst());
        }
        List<MountFlag> mounts = flags.texts("mount").stream()
                .map(text -> MountFlag.parse(text, escape))
                .toList();
        List<RunDevice> devices =
                flags.texts("device").stream().map(RunDevice::parse).toList();
        return new Run(origin, commandLine, mounts, devices, network(flags), security(flags));
    }

    private static RunNetwork network(Flags flags) {
        String mode = flags.text("network").orElse("default");
        return switch (mode) {
            case "default" -> RunNetwork.DEFAULT;
            case "none" -> RunNetwork.NONE;
            case "host" -> RunNetwork.HOST;
            default -> throw new LanguageException("invalid network mode " + Text.quote(mode));
        };
    }

    private static RunSecurity security(Flags flags) {
        String mode = flags.text("security").orElse("sandbox");
        return switch (mode) {
            case "sandbox" -> RunSecurity.SANDBOX;
            case "insecure" -> RunSecurity.INSECURE;
            default -> throw new LanguageException("security " + Text.quote(mode) + " is not valid");
        };
    }

    private Copy copy() {
        Transfer transfer = Transfer.of("COPY", jsonOrWords(), line.documents());
        Flags flags = Flags.read(
                command.flags(),
                Map.of(
                        "from", Kind.TEXT,
                        "chown", Kind.TEXT,
                        "chmod", Kind.TEXT,
                        "link", Kind.SWITCH,
                        "parents", Kind.SWITCH,
                        "exclude", Kind.TEXTS));
        return new Copy(
                origin,
                transfer.sources(),
                transfer.files(),
                transfer.target(),
                flags.text("from").filter(from -> !from.isEmpty()).map(this::constant),
                flags.text("chown").orElse(""),
                flags.text("chmod").orElse(""),
                flags.isOn("link"),
                flags.isOn("parents"),
                flags.texts("exclude"));
    }

    private Add add() {
        Transfer transfer = Transfer.of("ADD", jsonOrWords(), line.documents());
        Flags flags = Flags.read(
                command.flags(),
                Map.of(
                        "chown", Kind.TEXT,
                        "chmod", Kind.TEXT,
                        "link", Kind.SWITCH,
                        "keep-git-dir", Kind.SWITCH,
                        "checksum", Kind.TEXT,
                        "unpack", Kind.SWITCH,
                        "exclude", Kind.TEXTS));
        return new Add(
                origin,
                transfer.sources(),
                transfer.files(),
                transfer.target(),
                flags.text("chown").orElse(""),
                flags.text("chmod").orElse(""),
                flags.isOn("link"),
                flags.text("checksum").orElse(""),
                flags.on("keep-git-dir"),
                flags.on("unpack"),
                flags.texts("exclude"));
    }

    /** Stages are tied together before any variable has a value. */
    private String constant(String from) {
        if (!Expansion.of(escape).expand(from, name -> Optional.empty()).text().equals(from)) {
            throw new LanguageException(
                    "variable expansion is not supported for --from, define a new stage with FROM using"
                            + " ARG from global scope as a workaround");
        }
        return from;
    }

    private Volume volume() {
        noFlags();
        List<String> paths = some(jsonOrWords()).stream().map(Text::trim).toList();
        if (paths.contains("")) {
            throw new LanguageException("VOLUME specified can not be an empty string");
        }
        return new Volume(origin, paths);
    }

    private Shell shell() {
        noFlags();
        some(words());
        List<String> words = JsonWords.read(command.rest())
                .orElseThrow(() -> new LanguageException("SHELL requires the arguments to be in JSON form"));
        return new Shell(origin, some(words));
    }

    private Healthcheck healthcheck() {
        List<String> parts = Text.split(command.rest(), 2);
        String type = parts.getFirst();
        String rest = parts.size() > 1 ? parts.getLast() : "";
        return switch (type.toUpperCase(Locale.ROOT)) {
            case "" -> throw new LanguageException("HEALTHCHECK requires at least one argument");
            case "NONE" -> {
                if (!rest.isEmpty() || !command.flags().isEmpty()) {
                    throw new LanguageException("HEALTHCHECK NONE takes no arguments");
                }
                yield new Healthcheck(origin, Optional.empty());
            }
            case "CMD" -> new Healthcheck(origin, Optional.of(probe(rest)));
            default ->
                throw new LanguageException(
                        "Unknown type " + Text.quote(type.toUpperCase(Locale.ROOT)) + " in HEALTHCHECK (try CMD)");
        };
    }

    private HealthProbe probe(String text) {
        Flags flags = Flags.read(
                command.flags(),
                Map.of(
                        "interval", Kind.TEXT,
                        "timeout", Kind.TEXT,
                        "start-period", Kind.TEXT,
                        "start-interval", Kind.TEXT,
                        "retries", Kind.TEXT));
        CommandLine commandLine = commandLine(text);
        if (text.isEmpty()
                || commandLine instanceof CommandLine.Exec exec && exec.words().isEmpty()) {
            throw new LanguageException("Missing command after HEALTHCHECK CMD");
        }
        return new HealthProbe(
                commandLine,
                time(flags, "interval"),
                time(flags, "timeout"),
                time(flags, "start-period"),
                time(flags, "start-interval"),
                retries(flags.text("retries").orElse("")));
    }

    private static Duration time(Flags flags, String name) {
        String text = flags.text(name).orElse("");
        Duration time = text.isEmpty() ? Duration.ZERO : GoDuration.parse(text);
        if (!time.isZero() && time.compareTo(Duration.ofMillis(1)) < 0) {
            throw new LanguageException("Interval " + Text.quote(name) + " cannot be less than 1ms");
        }
        return time;
    }

    private static int retries(String text) {
        int retries;
        try {
            retries = text.isEmpty() ? 0 : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new LanguageException(
                    "strconv.ParseInt: parsing " + Text.quote(Text.shortened(text)) + ": invalid syntax");
        }
        if (retries < 0) {
            throw new LanguageException("--retries cannot be negative (" + retries + ")");
        }
        return retries;
    }

    private OnBuild onBuild() {
        noFlags();
        some(words());
        String text = command.rest();
        InstructionReader trigger =
                new InstructionReader(new Line(text, line.location(), line.documents(), List.of()), escape);
        switch (trigger.command.name()) {
            case "ONBUILD" -> throw new LanguageException("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
            case "MAINTAINER", "FROM" ->
                throw new LanguageException(trigger.command.name() + " isn't allowed as an ONBUILD trigger");
            default -> {}
        }
        StringBuilder expression = new StringBuilder(text);
        for (Heredoc document : line.documents()) {
            expression.append('\n').append(document.content()).append(document.name());
        }
        return new OnBuild(origin, expression.toString(), trigger.read());
    }
}
