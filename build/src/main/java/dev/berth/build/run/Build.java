package dev.berth.build.run;

import dev.berth.build.BuildException;
import dev.berth.build.BuildListener;
import dev.berth.build.BuildRequest;
import dev.berth.build.cache.BuildCache;
import dev.berth.build.context.IgnoreFile;
import dev.berth.build.context.IgnoreFileException;
import dev.berth.build.dockerfile.BuildArguments;
import dev.berth.build.dockerfile.BuildPlatforms;
import dev.berth.build.dockerfile.CheckContext;
import dev.berth.build.dockerfile.Dockerfile;
import dev.berth.build.dockerfile.DockerfileException;
import dev.berth.build.dockerfile.GlobalVariables;
import dev.berth.build.dockerfile.Instruction;
import dev.berth.build.dockerfile.Stage;
import dev.berth.build.files.ContextTree;
import dev.berth.build.files.ImageTree;
import dev.berth.build.files.SourceTree;
import dev.berth.engine.Engine;
import dev.berth.engine.image.EngineImages;
import dev.berth.image.Image;
import dev.berth.image.StepOptions;
import dev.berth.image.files.FileTree;
import dev.berth.image.oci.ContainerConfig;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.History;
import dev.berth.image.oci.Platform;
import dev.berth.image.registry.Credentials;
import dev.berth.image.registry.PullRequest;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;

/**
 * One build: the stages that its target needs, side by side. A stage waits for those that it is made of; work is bounded by
 * the machine's processors. Made for one run.
 */
final class Build {
    private final Facilities facilities;
    private final BuildRequest request;
    private final BuildListener listener;
    private final ContextTree context;
    private final Dockerfile dockerfile;
    private final BuildArguments arguments;
    private final GlobalVariables globals;
    private final Platform platform;
    private final Path scratch;
    private final OrderedLog log;
    private final RunMountSources mounts;
    private final BuildChecks checks;
    private final Map<Integer, CompletableFuture<StageResult>> stages = new TreeMap<>();
    private final List<Thread> threads = new ArrayList<>();
    /** Images by what they are called in the Dockerfile: each is looked for once. */
    private final Map<String, Image> bases = new ConcurrentHashMap<>();
    /** Images without volumes, by the ones with them. */
    private final Map<Digest, Image> plain = new ConcurrentHashMap<>();

    /** What all builds of an engine share. */
    record Facilities(Engine engine, BuildCache cache, Jsonb jsonb, Semaphore workers, CacheDirectories directories) {}

    /**
     * @param ignored what of the context was left out
     * @param scratch a directory that goes with the build
     */
    Build(
            Facilities facilities,
            BuildRequest request,
            ContextTree context,
            IgnoreFile ignored,
            Dockerfile dockerfile,
            BuildListener listener,
            Path scratch) {
        this.facilities = facilities;
        this.request = request;
        this.listener = listener;
        this.context = context;
        this.dockerfile = dockerfile;
        this.scratch = scratch;
        this.platform = request.platform().orElse(Platform.host());
        Map<String, String> values = new LinkedHashMap<>();
        request.arguments().forEach((name, value) -> value.ifPresent(given -> values.put(name, given)));
        this.arguments = new BuildArguments(values);
        BuildPlatforms platforms = new BuildPlatforms(Platform.host(), platform);
        this.globals = GlobalVariables.of(dockerfile, arguments, platforms, request.target());
        this.checks = new BuildChecks(
                dockerfile,
                new CheckContext(arguments, platforms, request.target(), false, ignored, this::knownBase),
                listener);
        this.log = new OrderedLog(listener);
        this.mounts = new RunMountSources(this);
    }

    /** Builds; gives the image, which nobody is shown yet. */
    Image run() throws IOException, InterruptedException {
        Stage target = request.target()
                .map(name -> dockerfile
                        .stage(name)
                        .orElseThrow(() ->
                                BuildException.invalid("failed to reach build target " + name + " in Dockerfile")))
                .orElse(dockerfile.stages().getLast());
        plan(target);
        checks.before();
        try {
            begin();
            StageResult result = await(target.index());
            Image image = finish(result.state());
            checks.after();
            return image;
        } finally {
            end();
        }
    }

    /** Which stages are needed, the earlier ones first; and that none is made of itself or of one behind it. */
    private void plan(Stage stage) {
        if (stages.containsKey(stage.index())) {
            return;
        }
        stages.put(stage.index(), new CompletableFuture<>());
        stageBefore(globals.base(stage), stage).ifPresent(this::plan);
        for (Instruction instruction : stage.instructions()) {
            switch (instruction) {
                case Instruction.Copy copy ->
                    copy.from().flatMap(from -> sourceOf(from, stage)).ifPresent(this::plan);
                case Instruction.Run run ->
                    run.mounts()
                            .forEach(mount -> mount.from()
                                    .flatMap(from -> sourceOf(from, stage))
                                    .ifPresent(this::plan));
                default -> {}
            }
        }
    }

    /** A stage that is meant by a name or number in one behind it. */
    private Optional<Stage> stageBefore(String name, Stage user) {
        return dockerfile.stages().subList(0, user.index()).reversed().stream()
                .filter(stage -> isCalled(stage, name))
                .findFirst();
    }

    private static boolean isCalled(Stage stage, String name) {
        return stage.name().filter(name.toLowerCase(Locale.ROOT)::equals).isPresent()
                || String.valueOf(stage.index()).equals(name);
    }

    /** A stage that another one copies from, which is not made of that. */
    private Optional<Stage> sourceOf(String name, Stage user) {
        Optional<Stage> found = stageBefore(name, user);
        if (found.isEmpty() && isCalled(user, name)) {
            throw BuildException.invalid("circular dependency detected on stage: " + name);
        }
        if (found.isEmpty() && name.matches("\\d+")) {
            throw BuildException.invalid("invalid from flag value " + name + ": index out of bounds");
        }
        return found;
    }

    private void begin() throws InterruptedException {
        int before = 0;
        for (int index : stages.keySet()) {
            Stage stage = dockerfile.stages().get(index);
            OrderedLog.Part part = log.begin();
            int first = before;
            before += 1 + stage.instructions().size();
            threads.add(Thread.ofVirtual().name("build-stage-" + index).start(() -> run(stage, part, first)));
        }
    }

    private void run(Stage stage, OrderedLog.Part part, int before) {
        CompletableFuture<StageResult> done = stages.getOrDefault(stage.index(), new CompletableFuture<>());
        try {
            int step = before + 1;
            part.print("Step " + step + "/" + steps() + " : " + stage.from().text() + "\n");
            StageResult base = base(stage);
            part.print(" ---> " + base.state().shortKey() + "\n");
            StageResult result = new StageRun(this, stage, part, base, step).run();
            part.close();
            done.complete(result);
        } catch (IOException | RuntimeException e) {
            part.fail();
            done.completeExceptionally(e);
        } catch (InterruptedException e) {
            log.end();
            done.completeExceptionally(e);
        }
    }

    private void end() {
        threads.forEach(Thread::interrupt);
        boolean interrupted = Thread.interrupted();
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true; // what they have made is still to be removed by them
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private StageResult await(int stage) throws IOException, InterruptedException {
        CompletableFuture<StageResult> future = stages.get(stage);
        if (future == null) {
            throw new IllegalStateException("stage " + stage + " was not planned");
        }
        try {
            return future.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException io -> throw io;
                case InterruptedException ended -> throw ended;
                case RuntimeException known -> throw known;
                case null, default -> throw new IOException("stage " + stage + " failed: " + e.getMessage(), e);
            }
        }
    }

    private StageResult base(Stage stage) throws IOException, InterruptedException {
        String name = globals.base(stage);
        Optional<Stage> other = stageBefore(name, stage);
        if (other.isPresent()) {
            StageResult result = await(other.get().index());
            return new StageResult(result.state(), result.variables().next());
        }
        Platform wanted = globals.platform(stage).orElse(platform);
        if (name.equals("scratch")) {
            StepState nothing = new StepState(
                    Optional.empty(),
                    new Settings(ContainerConfig.EMPTY).withDefaultPath(),
                    List.of(),
                    Digest.sha256(("scratch " + wanted).getBytes(StandardCharsets.UTF_8)),
                    wanted,
                    "");
            return new StageResult(nothing, globals.upon(List.of()));
        }
        Image image = image(name, wanted);
        StepState state = new StepState(
                Optional.of(image),
                new Settings(image.config().config()).withDefaultPath(),
                image.config().history(),
                image.id(),
                image.config().platform(),
                image.config().author());
        return new StageResult(state, globals.upon(image.config().config().env()));
    }

    private CheckContext.Base knownBase(String name, Optional<Platform> wanted) {
        if (name.equals("scratch")) {
            return CheckContext.Base.EMPTY;
        }
        try {
            ContainerConfig config =
                    image(name, wanted.orElse(platform)).config().config();
            return new CheckContext.Base(config.env(), !config.shell().isEmpty(), config.onBuild());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Image image(String name, Platform wanted) throws IOException {
        String key = name + " " + wanted;
        synchronized (bases) {
            Image known = bases.get(key);
            if (known == null) {
                known = find(name, wanted);
                bases.put(key, known);
            }
            return known;
        }
    }

    private Image find(String name, Platform wanted) throws IOException {
        // The host's own need not be asked for: an image that says nothing of it is taken as it is.
        Optional<Platform> asked = wanted.equals(Platform.host()) ? Optional.empty() : Optional.of(wanted);
        Credentials credentials = request.credentials().apply(name);
        EngineImages images = facilities.engine().images();
        return request.pull()
                ? images.pull(new PullRequest(name, false, asked, credentials), listener.transfers())
                : images.findOrPull(name, asked, credentials, listener.transfers());
    }

    /** The image with the configuration and history of what the target has come to: the same of the same. */
    private Image finish(StepState state) throws IOException {
        List<History> history = state.history();
        ContainerConfig config = state.settings().config();
        for (Map.Entry<String, String> label : request.labels().entrySet()) {
            config = new Settings(config)
                    .withLabel(label.getKey(), label.getValue())
                    .config();
        }
        if (!request.labels().isEmpty()) {
            history = new ArrayList<>(history);
            history.add(history("LABEL " + request.labels(), true));
        }
        Optional<Image> image = state.image();
        if (image.isPresent()
                && sameSteps(history, image.get().config().history())
                && config.equals(new Settings(image.get().config().config())
                        .withDefaultPath()
                        .config())) {
            return image.get();
        }
        StringBuilder identity = new StringBuilder("image\0" + config + "\0" + state.author() + "\0" + platform);
        image.ifPresent(base -> identity.append(base.config().diffIds()));
        history.forEach(entry -> identity.append('\0').append(entry.createdBy()).append(entry.emptyLayer()));
        request.sourceDate().ifPresent(identity::append);
        Digest key = Digest.sha256(identity.toString().getBytes(StandardCharsets.UTF_8));
        Optional<BuildCache.Found> before = request.useCache() ? cache().find(key) : Optional.empty();
        if (before.isPresent()) {
            return before.get().image();
        }
        Image made = store().step(image, Optional.empty(), options(state, config, history));
        cache().put(key, key, made, "the image", 0);
        return made;
    }

    /** Whether an image that is kept may stand for the same steps taken now: it does, unless a time was asked for. */
    private boolean sameSteps(List<History> now, List<History> kept) {
        return request.sourceDate().isPresent()
                ? now.equals(kept)
                : timeless(now).equals(timeless(kept));
    }

    private static List<History> timeless(List<History> history) {
        return history.stream()
                .map(step -> new History("", step.author(), step.createdBy(), step.comment(), step.emptyLayer()))
                .toList();
    }

    private StepOptions options(StepState state, ContainerConfig config, List<History> history) {
        return new StepOptions(state.platform(), config, state.author(), now(), history, request.sourceDate());
    }

    /** A container of what a stage has come to so far. The caller closes it. */
    StepContainer container(StepState state, Map<String, Object> config, Map<String, Object> host) throws IOException {
        return StepContainer.make(facilities.engine(), facilities.jsonb(), withoutVolumes(layers(state)), config, host);
    }

    /** An image with the state's layers. */
    private Image layers(StepState state) throws IOException {
        return state.image().isPresent()
                ? state.image().get()
                : store().step(Optional.empty(), Optional.empty(), options(state, ContainerConfig.EMPTY, List.of()));
    }

    /** The image as one whose containers have no volumes: what a step writes below them is to stay. */
    private Image withoutVolumes(Image image) throws IOException {
        if (image.config().config().volumes().isEmpty()) {
            return image;
        }
        Image known = plain.get(image.id());
        if (known == null) {
            ContainerConfig config = new Settings(image.config().config())
                    .with("Volumes", Map.of())
                    .config();
            known = store().step(
                            Optional.of(image),
                            Optional.empty(),
                            new StepOptions(
                                    image.config().platform(),
                                    config,
                                    "",
                                    image.created(),
                                    image.config().history(),
                                    Optional.empty()));
            plain.put(image.id(), known);
        }
        return known;
    }

    /** Makes a layer of a container's changes, and keeps what the step has come to. */
    Image keep(StepState state, Settings after, String container, List<Digest> keys, String description)
            throws IOException {
        List<History> history = new ArrayList<>(state.history());
        history.add(history(description, false));
        ContainerConfig config = after.with("Volumes", Map.of()).config();
        Image image = store().step(Optional.of(layers(state)), Optional.of(container), options(state, config, history));
        boolean empty = image.config().history().getLast().emptyLayer();
        long bytes = empty ? 0 : store().layerBytes(image).getLast();
        for (Digest key : keys) {
            cache().put(key, keys.getFirst(), image, description, key.equals(keys.getFirst()) ? bytes : 0);
        }
        return image;
    }

    /** An entry of an image's history, made now. */
    History history(String description, boolean emptyLayer) {
        return new History(now().toString(), "", description, "", emptyLayer);
    }

    private Instant now() {
        return request.sourceDate().orElseGet(Instant::now);
    }

    /** Something that takes a processor. */
    interface Work<T> {
        T run() throws IOException, InterruptedException;
    }

    /** Does something when a processor is free for it. Stages are not waited for meanwhile. */
    <T> T working(Work<T> work) throws IOException, InterruptedException {
        facilities.workers().acquire();
        try {
            return work.run();
        } finally {
            facilities.workers().release();
        }
    }

    /** Files to copy from. */
    interface Source extends AutoCloseable {
        SourceTree tree() throws IOException;

        /** What all of it was made of; empty where only its files tell. */
        String identity();

        @Override
        void close() throws IOException;
    }

    /** The context, or what a stage or an image has. The caller closes it. */
    Source source(Optional<String> from, Stage user) throws IOException, InterruptedException {
        if (from.isEmpty()) {
            return new ContextSource(context);
        }
        Optional<Stage> stage = sourceOf(from.get(), user);
        StepState state;
        if (stage.isPresent()) {
            state = await(stage.get().index()).state();
        } else {
            Image image = image(from.get(), platform);
            state = new StepState(
                    Optional.of(image),
                    new Settings(image.config().config()),
                    List.of(),
                    image.id(),
                    image.config().platform(),
                    "");
        }
        return new StageSource(this, state);
    }

    private record ContextSource(ContextTree tree) implements Source {
        @Override
        public String identity() {
            return "";
        }

        @Override
        public void close() {} // it is the build's
    }

    /** Opened when it is first looked into: the cache may know enough. */
    private static final class StageSource implements Source {
        private final Build build;
        private final StepState state;
        private Optional<StepContainer> container = Optional.empty();
        private Optional<FileTree> files = Optional.empty();

        StageSource(Build build, StepState state) {
            this.build = build;
            this.state = state;
        }

        @Override
        public SourceTree tree() throws IOException {
            if (files.isEmpty()) {
                StepContainer made = build.container(state, Map.of("Cmd", List.of("/")), Map.of("NetworkMode", "none"));
                container = Optional.of(made);
                files = Optional.of(made.files());
            }
            return new ImageTree(files.get());
        }

        @Override
        public String identity() {
            return state.key().toString();
        }

        @Override
        public void close() {
            files.ifPresent(FileTree::close);
            container.ifPresent(StepContainer::close);
        }
    }

    /** What paths are left out by patterns. */
    static Predicate<String> excluded(List<String> patterns) {
        if (patterns.isEmpty()) {
            return _ -> false;
        }
        try {
            return IgnoreFile.of(patterns)::ignores;
        } catch (IgnoreFileException e) {
            throw BuildException.invalid("--exclude: " + e.getMessage());
        }
    }

    List<String> withProxies(List<String> environment) {
        List<String> all = new ArrayList<>();
        arguments.proxies().forEach((name, value) -> all.add(name + "=" + value));
        all.addAll(environment);
        return all;
    }

    /** A failed step, with its place in the Dockerfile. */
    BuildException failedAt(Instruction instruction, BuildException e) {
        DockerfileException place = dockerfile.error(instruction.location(), String.valueOf(e.getMessage()));
        return e.at(place.excerpt());
    }

    ContextTree context() {
        return context;
    }

    Dockerfile dockerfile() {
        return dockerfile;
    }

    BuildRequest request() {
        return request;
    }

    BuildCache cache() {
        return facilities.cache();
    }

    CacheDirectories directories() {
        return facilities.directories();
    }

    RunMountSources mounts() {
        return mounts;
    }

    /** A path for a file or directory of the build's own, which does not exist yet. */
    Path spool() {
        return scratch.resolve(UUID.randomUUID().toString());
    }

    /** How many steps there are, those of stages that are not needed left out. */
    int steps() {
        return stages.keySet().stream()
                .mapToInt(index ->
                        1 + dockerfile.stages().get(index).instructions().size())
                .sum();
    }

    private dev.berth.image.Images store() {
        return facilities.engine().images().store();
    }
}
