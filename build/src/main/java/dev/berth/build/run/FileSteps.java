package dev.berth.build.run;

import dev.berth.build.BuildException;
import dev.berth.build.cache.BuildCache;
import dev.berth.build.dockerfile.InlineFile;
import dev.berth.build.dockerfile.Instruction;
import dev.berth.build.dockerfile.Variables;
import dev.berth.build.files.ContextTree;
import dev.berth.build.files.ModeChange;
import dev.berth.build.files.Selection;
import dev.berth.build.files.SourceTree;
import dev.berth.image.Image;
import dev.berth.image.files.FileTree;
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
    private final Build build;
    private final int stage;
    private final OrderedLog.Part log;

    /** @param stage its number in the Dockerfile */
    FileSteps(Build build, int stage, OrderedLog.Part log) {
        this.build = build;
        this.stage = stage;
        this.log = log;
    }

    /** What is done where nothing of the same is known. */
    private interface Doing {
        StepState with(StepFlights.Flight flight) throws IOException, InterruptedException;
    }

    StepState run(StepState state, Instruction.Run run, Variables variables) throws IOException, InterruptedException {
        RunStep step = RunStep.of(build, stage, log, run, state, variables);
        Digest key = state.keyWith(step.identity());
        String description = step.description();
        return once(state, state.settings(), key, description, flight -> {
            try (RunMounts mounts = step.mounts()) {
                return done(state, state.settings(), List.of(key), description, step.work(mounts, flight));
            }
        });
    }

    StepState copy(StepState state, Instruction.Copy copy) throws IOException, InterruptedException {
        Transfer transfer = new Transfer(
                "COPY",
                StageRun.description(copy),
                target(state, copy.target()),
                copy.owner(),
                ModeChange.parse(copy.mode()),
                copy.link());
        Selection.Choice choice = new Selection.Choice(copy.parents(), Selection.excluded(copy.excludes()));
        try (Source source = build.copied(stage, copy);
                Inline inline = inline(copy.files())) {
            Optional<String> known = Optional.of(source.identity())
                    .filter(identity -> !identity.isEmpty())
                    .map(identity -> String.join(
                            "\0",
                            transfer.identity(),
                            identity,
                            copy.sources().toString(),
                            copy.excludes().toString(),
                            copy.files().toString(),
                            String.valueOf(copy.parents())));
            Optional<StepState> cached = known.isEmpty() ? Optional.empty() : cached(state, transfer, known.get());
            if (cached.isPresent()) {
                return cached.get();
            }
            Selection selection = Selection.none();
            if (!copy.sources().isEmpty()) {
                selection = Selection.of(source.tree(), copy.sources(), choice, "COPY");
                selection = source.isOwned() ? selection.owned() : selection;
            }
            selection = selection.and(inline.selection());
            return transfer(state, transfer, selection, known);
        }
    }

    /** All files of a context, as what a stage is built upon. */
    StepState all(StepState state, SourceTree tree, String name) throws IOException, InterruptedException {
        Selection selection = Selection.of(tree, List.of("/"), new Selection.Choice(false, _ -> false), "COPY");
        Transfer transfer = new Transfer("COPY", "FROM " + name, "/", "", ModeChange.parse(""), false);
        return transfer(state, transfer, selection, Optional.empty());
    }

    StepState add(StepState state, Instruction.Add add) throws IOException, InterruptedException {
        Transfer transfer = new Transfer(
                "ADD",
                StageRun.description(add),
                target(state, add.target()),
                add.owner(),
                ModeChange.parse(add.mode()),
                add.link());
        try (Additions additions = new Additions(build, add);
                Inline inline = inline(add.files())) {
            return transfer(state, transfer, additions.selection().and(inline.selection()), Optional.empty());
        }
    }

    /**
     * What COPY and ADD have in common.
     *
     * @param link whether the files' layer is to depend on nothing below it; as with BuildKit, one whose files' modes are
     *     changed does depend on it
     */
    private record Transfer(
            String name, String description, String target, String owner, ModeChange mode, boolean link) {
        Transfer {
            link &= mode.text().isEmpty();
        }

        String identity() {
            return String.join("\0", name, target, owner, mode.text(), link ? "link" : "");
        }
    }

    /** @param known what else tells the step from others upon the same image, where something does */
    private StepState transfer(StepState state, Transfer transfer, Selection selection, Optional<String> known)
            throws IOException, InterruptedException {
        if (selection.sources() > 1 && !transfer.target().endsWith("/")) {
            throw BuildException.invalid("When using " + transfer.name()
                    + " with more than one source file, the destination must be a directory and end with a /");
        }
        boolean linked = isLinked(state, transfer);
        if (linked && !Owners.isNumbers(transfer.owner())) {
            throw BuildException.invalid(transfer.name() + " --link --chown=" + transfer.owner()
                    + ": a linked layer knows none of the image's users: give numbers, or leave out --link");
        }
        CopyStep step = new CopyStep(
                selection,
                transfer.target(),
                transfer.owner(),
                transfer.mode(),
                build.request().sourceDate());
        StepState below = linked ? build.nothing(state.platform()) : state;
        List<Digest> keys = new ArrayList<>();
        keys.add(below.keyWith(step.identity(transfer.name()) + (transfer.link() ? "\0link" : "")));
        known.map(below::keyWith).ifPresent(keys::add);
        StepWork work = StepWork.inFiles(step::run);
        StepState after = once(
                below,
                below.settings(),
                keys.getFirst(),
                transfer.description(),
                _ -> done(below, below.settings(), keys, transfer.description(), work));
        return linked ? linked(state, transfer, after) : after;
    }

    /** Upon nothing, each layer is one of its own. */
    private static boolean isLinked(StepState state, Transfer transfer) {
        return transfer.link() && state.image().isPresent();
    }

    /** What a step came to before, by what is known of it without a look at its files. */
    private Optional<StepState> cached(StepState state, Transfer transfer, String known)
            throws IOException, InterruptedException {
        boolean linked = isLinked(state, transfer);
        StepState below = linked ? build.nothing(state.platform()) : state;
        Optional<StepState> cached = cached(below, below.settings(), below.keyWith(known), transfer.description());
        return linked && cached.isPresent() ? Optional.of(linked(state, transfer, cached.get())) : cached;
    }

    /** A layer that was made upon nothing, upon what there is. */
    private StepState linked(StepState state, Transfer transfer, StepState layer)
            throws IOException, InterruptedException {
        Digest key = state.keyWith("LINK\0" + layer.key());
        Settings settings = state.settings();
        try (StepFlights.Flight _ = build.images().begin(key)) {
            Optional<BuildCache.Found> found = find(state, settings, key, transfer.description());
            if (found.isPresent()) {
                return state.changed(found.get().image(), settings, found.get().next());
            }
            return build.working(() -> {
                Image image = build.images()
                        .upon(stage, state, layer.image().orElseThrow(), List.of(key), transfer.description());
                return state.changed(image, settings, key);
            });
        }
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
        StepWork work = StepWork.inFiles(files -> makeDirectories(files, path));
        String description = "WORKDIR " + path;
        return once(state, settings, key, description, _ -> done(state, settings, List.of(key), description, work));
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
        return find(state, after, key, description).map(found -> taken(state, after, found));
    }

    private Optional<BuildCache.Found> find(StepState state, Settings after, Digest key, String description)
            throws IOException {
        return build.images().find(stage, state, after, key, description, build.isAfresh(stage));
    }

    private StepState taken(StepState state, Settings after, BuildCache.Found found) {
        log.print(" ---> Using cache\n");
        log.steps().cached();
        return state.changed(found.image(), after, found.next());
    }

    /** Does a step, unless that was done before, or another build is about to. */
    private StepState once(StepState state, Settings after, Digest key, String description, Doing doing)
            throws IOException, InterruptedException {
        Optional<BuildCache.Found> found;
        try (StepFlights.Flight flight = build.images().begin(key)) {
            found = find(state, after, key, description);
            if (found.isEmpty()) {
                return doing.with(flight);
            }
        }
        return taken(state, after, found.get());
    }

    /** @param keys by which it is to be found again; further steps go on from the first */
    private StepState done(StepState state, Settings after, List<Digest> keys, String description, StepWork work)
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
