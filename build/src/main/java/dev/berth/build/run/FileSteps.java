package dev.berth.build.run;

import dev.berth.build.BuildException;
import dev.berth.build.cache.BuildCache;
import dev.berth.build.dockerfile.CommandLine;
import dev.berth.build.dockerfile.InlineFile;
import dev.berth.build.dockerfile.Instruction;
import dev.berth.build.dockerfile.MountFlag;
import dev.berth.build.dockerfile.RunMount;
import dev.berth.build.dockerfile.RunNetwork;
import dev.berth.build.dockerfile.RunSecurity;
import dev.berth.build.dockerfile.Variables;
import dev.berth.build.files.ContextTree;
import dev.berth.build.files.ModeChange;
import dev.berth.build.files.Selection;
import dev.berth.image.Image;
import dev.berth.image.files.FileTree;
import dev.berth.image.files.MountPoints;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The steps that change files: from the cache, or done in a container. For one thread. */
final class FileSteps {
    private static final int INLINE_MODE = 0644;
    private static final String AGENT = "SSH_AUTH_SOCK=";
    private static final String PIPES = "/dev/pipes/";
    /** What every container has mounted. */
    private static final List<String> USUAL_MOUNTS =
            List.of("/proc", "/sys", "/dev", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf");

    private final Build build;
    private final int stage;
    private final OrderedLog.Part log;

    /** @param stage its number in the Dockerfile */
    FileSteps(Build build, int stage, OrderedLog.Part log) {
        this.build = build;
        this.stage = stage;
        this.log = log;
    }

    /** A step in its container: how that is made, and what is done in it. */
    private record Work(Map<String, Object> config, Map<String, Object> host, Doing doing) {
        /** What needs no process. */
        static Work inFiles(InFiles work) {
            return new Work(Map.of("Cmd", List.of("/")), Map.of("NetworkMode", "none"), container -> {
                try (FileTree files = container.files()) {
                    work.with(files);
                }
            });
        }
    }

    private interface Doing {
        void in(StepContainer container) throws IOException, InterruptedException;
    }

    private interface InFiles {
        void with(FileTree files) throws IOException;
    }

    StepState run(StepState state, Instruction.Run run, Variables variables) throws IOException, InterruptedException {
        if (run.security() == RunSecurity.INSECURE) {
            throw BuildException.invalid(
                    "RUN --security=insecure is not allowed: this builder grants no entitlement for it");
        }
        List<String> words = words(run.command(), state.settings());
        List<RunMount> mounts = run.mounts().stream().map(MountFlag::read).toList();
        List<String> arguments = variables.arguments();
        String command = (arguments.isEmpty() ? "" : "|" + arguments.size() + " " + String.join(" ", arguments) + " ")
                + String.join(" ", words);
        Digest key = state.keyWith(String.join(
                "\0",
                "RUN",
                words.toString(),
                variables.runEnvironment().toString(),
                run.command().toString(),
                run.network().name(),
                build.mounts().identity(mounts)));
        Optional<StepState> cached = cached(state, state.settings(), key, "RUN " + command);
        if (cached.isPresent()) {
            return cached.get();
        }
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("Cmd", words);
        config.put("Entrypoint", List.of(""));
        config.put("WorkingDir", state.settings().workingDir());
        config.put("User", state.settings().config().user());
        config.put("Healthcheck", Map.of("Test", List.of("NONE")));
        Map<String, Object> host = new LinkedHashMap<>(build.request().host());
        if (run.network() != RunNetwork.DEFAULT) {
            host.put("NetworkMode", run.network() == RunNetwork.NONE ? "none" : "host");
        }
        try (RunMounts mounted = build.mounts().of(mounts, state.settings().workingDir())) {
            if (run.command() instanceof CommandLine.Script script && script.isProgram()) {
                mounted.program(
                        PIPES + script.document().name(),
                        script.document().stripped().getBytes(StandardCharsets.UTF_8));
            }
            mounted.addTo(host);
            List<String> environment = build.withProxies(variables.runEnvironment());
            environment.addAll(mounted.environment());
            mounted.agent()
                    .filter(_ -> environment.stream().noneMatch(variable -> variable.startsWith(AGENT)))
                    .ifPresent(socket -> environment.add(AGENT + socket));
            config.put("Env", environment);
            List<String> targets = new ArrayList<>(USUAL_MOUNTS);
            targets.addAll(mounted.targets());
            Work work = new Work(config, host, container -> {
                log.print(" ---> Running in " + container.shortId() + "\n");
                try {
                    run(container, targets, words);
                } catch (BuildException e) {
                    throw ForeignCode.explained(words, state.platform(), e);
                }
            });
            return done(state, state.settings(), List.of(key), "RUN " + command, work);
        }
    }

    private void run(StepContainer container, List<String> targets, List<String> words)
            throws IOException, InterruptedException {
        MountPoints points;
        try (FileTree files = container.files()) {
            points = MountPoints.before(files, targets);
        }
        Utf8Lines text = new Utf8Lines(log);
        int code = container.run(text);
        text.end();
        if (code != 0) {
            throw BuildException.exited(String.join(" ", words), code);
        }
        points.removeFrom(container.upper());
    }

    /** A script that names its program is a file of that step; the shell is given others. */
    private static List<String> words(CommandLine command, Settings settings) {
        return command instanceof CommandLine.Script script && script.isProgram()
                ? settings.inShell(PIPES + script.document().name())
                : settings.words(command);
    }

    StepState copy(StepState state, Instruction.Copy copy) throws IOException, InterruptedException {
        Transfer transfer = new Transfer(
                "COPY",
                StageRun.description(copy),
                target(state, copy.target()),
                copy.owner(),
                ModeChange.parse(copy.mode()));
        Selection.Choice choice = new Selection.Choice(copy.parents(), Selection.excluded(copy.excludes()));
        try (Source source = build.copied(copy);
                Inline inline = inline(copy.files())) {
            Digest known = state.keyWith(String.join(
                    "\0",
                    transfer.identity(),
                    source.identity(),
                    copy.sources().toString(),
                    copy.excludes().toString(),
                    copy.files().toString(),
                    String.valueOf(copy.parents())));
            Optional<StepState> cached = source.identity().isEmpty()
                    ? Optional.empty()
                    : cached(state, state.settings(), known, transfer.description());
            if (cached.isPresent()) {
                return cached.get();
            }
            Selection selection = Selection.none();
            if (!copy.sources().isEmpty()) {
                selection = Selection.of(source.tree(), copy.sources(), choice, "COPY");
                selection = copy.from().isPresent() ? selection.owned() : selection;
            }
            selection = selection.and(inline.selection());
            return transfer(state, transfer, selection, source.identity().isEmpty() ? List.of() : List.of(known));
        }
    }

    StepState add(StepState state, Instruction.Add add) throws IOException, InterruptedException {
        Transfer transfer = new Transfer(
                "ADD",
                StageRun.description(add),
                target(state, add.target()),
                add.owner(),
                ModeChange.parse(add.mode()));
        try (Additions additions = new Additions(build, add);
                Inline inline = inline(add.files())) {
            return transfer(state, transfer, additions.selection().and(inline.selection()), List.of());
        }
    }

    /** What COPY and ADD have in common. */
    private record Transfer(String name, String description, String target, String owner, ModeChange mode) {
        String identity() {
            return String.join("\0", name, target, owner, mode.text());
        }
    }

    private StepState transfer(StepState state, Transfer transfer, Selection selection, List<Digest> known)
            throws IOException, InterruptedException {
        if (selection.sources() > 1 && !transfer.target().endsWith("/")) {
            throw BuildException.invalid("When using " + transfer.name()
                    + " with more than one source file, the destination must be a directory and end with a /");
        }
        CopyStep step = new CopyStep(
                selection,
                transfer.target(),
                transfer.owner(),
                transfer.mode(),
                build.request().sourceDate());
        Digest key = state.keyWith(step.identity(transfer.name()));
        Optional<StepState> cached = cached(state, state.settings(), key, transfer.description());
        List<Digest> keys = new ArrayList<>(List.of(key));
        keys.addAll(known);
        return cached.isPresent()
                ? cached.get()
                : done(state, state.settings(), keys, transfer.description(), Work.inFiles(step::run));
    }

    /** What stands in the Dockerfile itself; there is nothing on the disk for an instruction without. */
    private record Inline(Optional<ContextTree> tree, List<String> names) implements AutoCloseable {
        Selection selection() throws IOException {
            return tree.isEmpty()
                    ? Selection.none()
                    : Selection.of(tree.get(), names, new Selection.Choice(false, _ -> false), "COPY");
        }

        @Override
        public void close() throws IOException {
            if (tree.isPresent()) {
                tree.get().close();
            }
        }
    }

    private Inline inline(List<InlineFile> files) throws IOException {
        if (files.isEmpty()) {
            return new Inline(Optional.empty(), List.of());
        }
        Map<String, byte[]> contents = new LinkedHashMap<>();
        files.forEach(file -> contents.put(file.name(), file.content().getBytes(StandardCharsets.UTF_8)));
        Instant modified = build.request().sourceDate().orElse(Instant.EPOCH);
        return new Inline(
                Optional.of(ContextTree.of(contents, INLINE_MODE, modified, build.spool())),
                files.stream().map(InlineFile::name).toList());
    }

    /** A path seen from the working directory; what was written as a directory stays one. */
    static String target(StepState state, String path) {
        boolean directory = path.isEmpty() || path.endsWith("/") || path.equals(".") || path.endsWith("/.");
        String whole =
                Path.of(state.settings().workingDir()).resolve(path).normalize().toString();
        return directory && !whole.equals("/") ? whole + "/" : whole;
    }

    /** A working directory is made where the image has none. */
    StepState workdir(StepState state, Instruction.Workdir workdir) throws IOException, InterruptedException {
        String path = Path.of(state.settings().workingDir())
                .resolve(workdir.path())
                .normalize()
                .toString();
        Settings settings = state.settings().with("WorkingDir", path);
        Digest key = state.keyWith("WORKDIR\0" + path);
        Optional<StepState> cached = cached(state, settings, key, "WORKDIR " + path);
        return cached.isPresent()
                ? cached.get()
                : done(
                        state,
                        settings,
                        List.of(key),
                        "WORKDIR " + path,
                        Work.inFiles(files -> makeDirectories(files, path)));
    }

    private static void makeDirectories(FileTree files, String path) throws IOException {
        try {
            files.makeDirectories(path);
        } catch (ImageException e) {
            if (e.kind() == ImageException.Kind.BAD_REQUEST) {
                throw BuildException.failed("Cannot mkdir: " + path + " is not a directory", e);
            }
            throw e;
        }
    }

    private Optional<StepState> cached(StepState state, Settings after, Digest key, String description)
            throws IOException, InterruptedException {
        Optional<BuildCache.Found> found = build.images().find(stage, state, after, key, description);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        log.print(" ---> Using cache\n");
        log.steps().cached();
        return Optional.of(state.changed(found.get().image(), after, found.get().next()));
    }

    /** @param keys by which it is to be found again; further steps go on from the first */
    private StepState done(StepState state, Settings after, List<Digest> keys, String description, Work work)
            throws IOException, InterruptedException {
        return build.working(() -> {
            try (StepContainer container = build.images().container(state, work.config(), work.host())) {
                work.doing().in(container);
                Image image = build.images().keep(stage, state, after, container.id(), keys, description);
                return state.changed(image, after, keys.getFirst());
            }
        });
    }
}
