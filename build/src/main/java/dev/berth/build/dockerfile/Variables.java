package dev.berth.build.dockerfile;

import dev.berth.build.Limits;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The variables of a stage, as they are at one of its instructions. Walks along: {@link #apply} fills the variables into an
 * instruction, and keeps what it sets for those behind it.
 *
 * <p>ENV and ARG set the same variables, whichever comes last; but what ARG sets is not in the image. A stage that is built upon
 * another one goes on with all of that one's.
 *
 * <p>For one thread.
 */
public final class Variables {
    /** What a program is looked for in where an image says nothing. */
    public static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /** ARGs that speak to the builder and are no variables of anything that runs. */
    private static final Set<String> FOR_THE_BUILDER = Set.of("BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE");

    private final GlobalVariables globals;
    private final Expansion expansion;
    /** ENV's, in the order in which they were first set. */
    private final Map<String, String> environment;
    /** ENV's and ARG's. */
    private final Map<String, String> all;
    /** ARG's, with what they had when they were declared. */
    private final Map<String, Optional<String>> arguments;

    private final Set<String> undefined = new LinkedHashSet<>();
    /** For the instruction at hand. */
    private Effort effort = new Effort();

    private Variables(
            GlobalVariables globals,
            Map<String, String> environment,
            Map<String, String> all,
            Map<String, Optional<String>> arguments) {
        this.globals = globals;
        this.expansion = Expansion.of(globals.file().directives().escape());
        this.environment = new LinkedHashMap<>(environment);
        this.all = new LinkedHashMap<>(all);
        this.arguments = new LinkedHashMap<>(arguments);
    }

    static Variables upon(GlobalVariables globals, List<String> imageEnvironment) {
        Map<String, String> environment = new LinkedHashMap<>();
        for (String variable : imageEnvironment) {
            int equals = variable.indexOf('=');
            environment.put(
                    equals < 0 ? variable : variable.substring(0, equals),
                    equals < 0 ? "" : variable.substring(equals + 1));
        }
        environment.putIfAbsent("PATH", DEFAULT_PATH);
        return new Variables(globals, environment, environment, Map.of());
    }

    /** The variables at the beginning of a stage that is built upon this one, when this one has reached its end. */
    public Variables next() {
        return new Variables(globals, environment, all, arguments);
    }

    /** The image's environment, each {@code NAME=value}. */
    public List<String> environment() {
        return lines(environment);
    }

    /** The environment of a RUN, without the proxies ({@link BuildArguments#proxies}), each {@code NAME=value}. */
    public List<String> runEnvironment() {
        return lines(all);
    }

    private static List<String> lines(Map<String, String> variables) {
        return variables.entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .toList();
    }

    /** The ARGs so far with their values here, as an image's history shows them before what a RUN runs. */
    public List<String> arguments() {
        return arguments.entrySet().stream()
                .map(argument -> argument.getKey() + "="
                        + get(argument.getKey()).or(argument::getValue).orElse(""))
                .toList();
    }

    public Optional<String> get(String key) {
        return Optional.ofNullable(all.get(key));
    }

    /** Variables that the last instruction used, though nothing sets or declares them. */
    public Set<String> undefined() {
        return Set.copyOf(undefined);
    }

    Set<String> known() {
        return all.keySet();
    }

    /**
     * The instruction with its variables filled in, which holds for all behind it what it sets.
     *
     * @throws DockerfileException when they cannot be, or the result makes no sense
     */
    public Instruction apply(Instruction instruction) {
        undefined.clear();
        effort = new Effort();
        try {
            return expand(instruction);
        } catch (LanguageException e) {
            throw globals.file().error(instruction.location(), e.reason());
        }
    }

    private Instruction expand(Instruction instruction) {
        return switch (instruction) {
            case Add add -> expand(add);
            case Arg arg -> declare(arg);
            case Copy copy -> expand(copy);
            case Env env -> set(env);
            case Expose expose -> expand(expose);
            case Label label -> new Label(label.origin(), expandPairs(label.labels()));
            case Run run -> expand(run);
            case StopSignal stop -> new StopSignal(stop.origin(), word(stop.signal()));
            case User user -> new User(user.origin(), word(user.user()));
            case Volume volume -> expand(volume);
            case Workdir workdir -> new Workdir(workdir.origin(), word(workdir.path()));
            case Cmd same -> same;
            case Entrypoint same -> same;
            case From same -> same;
            case Healthcheck same -> same;
            case Maintainer same -> same;
            case OnBuild same -> same;
            case Shell same -> same;
        };
    }

    private String word(String text) {
        return note(expansion.expand(text, this::get, effort)).text();
    }

    private Expansion.Result note(Expansion.Result result) {
        for (String name : result.missing()) {
            if (!arguments.containsKey(name) && !FOR_THE_BUILDER.contains(name)) {
                undefined.add(name);
            }
        }
        return result;
    }

    private List<String> words(List<String> texts) {
        return texts.stream().map(this::word).toList();
    }

    private List<Pair> expandPairs(List<Pair> pairs) {
        return pairs.stream()
                .map(pair -> new Pair(word(pair.key()), word(pair.value()), pair.legacy()))
                .toList();
    }

    /** Values of one instruction do not see each other. */
    private Env set(Env env) {
        Env expanded = new Env(env.origin(), expandPairs(env.variables()));
        for (Pair pair : expanded.variables()) {
            environment.put(pair.key(), pair.value());
            all.put(pair.key(), pair.value());
        }
        checkSize(all);
        return expanded;
    }

    /** @throws LanguageException when there is more than any program could take */
    static void checkSize(Map<String, String> variables) {
        long chars = 0;
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            chars += variable.getKey().length() + variable.getValue().length();
        }
        if (chars > Limits.ENVIRONMENT_CHARS) {
            throw new LanguageException(
                    "all variables together are longer than " + Limits.ENVIRONMENT_CHARS + " characters");
        }
    }

    /** Values of one instruction see those before them. */
    private Arg declare(Arg arg) {
        List<Argument> declared = new ArrayList<>();
        for (Argument argument : arg.arguments()) {
            String key = argument.key();
            Optional<String> value = globals.given()
                    .get(key)
                    .or(() -> argument.value().map(this::word))
                    .or(() -> globals.get(key));
            if (!FOR_THE_BUILDER.contains(key)) {
                value.ifPresent(set -> all.put(key, set));
            }
            arguments.put(key, value);
            declared.add(new Argument(key, value, argument.description()));
        }
        checkSize(all);
        return new Arg(arg.origin(), declared);
    }

    private Run expand(Run run) {
        List<MountFlag> mounts =
                run.mounts().stream().map(mount -> mount.expand(this::word)).toList();
        mounts.forEach(MountFlag::read);
        return new Run(run.origin(), run.command(), mounts, run.devices(), run.network(), run.security());
    }

    private Expose expand(Expose expose) {
        List<String> ports = new ArrayList<>();
        for (String port : expose.ports()) {
            ports.addAll(note(expansion.expand(port, this::get, effort)).words());
        }
        PortSpec.check(ports);
        return new Expose(expose.origin(), ports);
    }

    private Volume expand(Volume volume) {
        List<String> paths = words(volume.paths());
        if (paths.contains("")) {
            throw new LanguageException("VOLUME specified can not be an empty string");
        }
        return new Volume(volume.origin(), paths);
    }

    private Copy expand(Copy copy) {
        return new Copy(
                copy.origin(),
                words(copy.sources()),
                expandFiles(copy.files()),
                word(copy.target()),
                copy.from(),
                word(copy.owner()),
                word(copy.mode()),
                copy.link(),
                copy.parents(),
                copy.excludes());
    }

    private Add expand(Add add) {
        return new Add(
                add.origin(),
                words(add.sources()),
                expandFiles(add.files()),
                word(add.target()),
                word(add.owner()),
                word(add.mode()),
                add.link(),
                word(add.checksum()),
                add.keepGitDirectory(),
                add.unpack(),
                add.excludes());
    }

    private List<InlineFile> expandFiles(List<InlineFile> files) {
        return files.stream().map(this::expand).toList();
    }

    private InlineFile expand(InlineFile file) {
        if (!file.expands()) {
            return file;
        }
        Expansion.Result content = note(Expansion.ofDocuments().expand(file.content(), this::get, effort));
        return new InlineFile(file.name(), content.text(), false);
    }
}
