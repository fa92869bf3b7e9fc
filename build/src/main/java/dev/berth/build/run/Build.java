package dev.berth.build.run;

import dev.berth.build.BuildException;
import dev.berth.build.BuildListener;
import dev.berth.build.BuildRequest;
import dev.berth.build.attest.BuildFacts;
import dev.berth.build.cache.BuildCache;
import dev.berth.build.cache.CacheDirectories;
import dev.berth.build.cache.transfer.CompressedLayers;
import dev.berth.build.cache.transfer.UnusableCacheException;
import dev.berth.build.dockerfile.BuildArguments;
import dev.berth.build.dockerfile.BuildPlatforms;
import dev.berth.build.dockerfile.CheckContext;
import dev.berth.build.dockerfile.Dockerfile;
import dev.berth.build.dockerfile.DockerfileException;
import dev.berth.build.dockerfile.GlobalVariables;
import dev.berth.build.dockerfile.Instruction;
import dev.berth.build.dockerfile.Stage;
import dev.berth.build.dockerfile.StageGraph;
import dev.berth.build.files.Context;
import dev.berth.engine.Engine;
import dev.berth.engine.state.MemoryFolder;
import dev.berth.image.Image;
import dev.berth.image.oci.Platform;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;

/**
 * One build: the stages that its target needs, side by side. A stage waits for those that it is made of; work is bounded by
 * the machine's processors. Made for one run.
 */
final class Build {
    private final Facilities facilities;
    private final BuildRequest request;
    private final Platform platform;
    private final Context context;
    private final NamedContexts contexts;
    private final Dockerfile dockerfile;
    private final BuildArguments arguments;
    private final GlobalVariables globals;
    private final StageGraph graph;
    private final BaseImages bases;
    private final StepImages images;
    private final FinishedImage finished;
    private final Path scratch;
    private final OrderedLog log;
    private final RunMountSources mounts;
    private final BuildChecks checks;
    private final Map<Integer, CompletableFuture<StageResult>> stages = new TreeMap<>();
    private final StageWaits waits = new StageWaits();
    /** Each build has its own: one whose client does not take what it prints holds up no other. */
    private final Semaphore workers =
            new Semaphore(Math.max(2, Runtime.getRuntime().availableProcessors()));

    private final List<Thread> threads = new ArrayList<>();

    /** What all builds of an engine share. */
    record Facilities(
            Engine engine,
            BuildCache cache,
            CompressedLayers compressed,
            Jsonb jsonb,
            CacheDirectories directories,
            StepFlights flights) {}

    Build(
            Facilities facilities,
            BuildRequest request,
            StepImages images,
            PlatformBuilds.Given given,
            BuildListener listener) {
        this.facilities = facilities;
        this.request = request;
        this.platform = request.platform().orElse(Platform.host());
        this.context = given.context();
        this.contexts = given.contexts();
        this.dockerfile = given.dockerfile().with(name -> contexts.has(name, platform));
        this.scratch = given.scratch();
        this.arguments = arguments(request);
        BuildPlatforms platforms = new BuildPlatforms(Platform.host(), platform);
        this.globals = GlobalVariables.of(dockerfile, arguments, platforms, request.target());
        this.graph = new StageGraph(dockerfile, globals);
        this.bases = new BaseImages(facilities.engine().images(), request, contexts, listener, platform);
        this.images = images;
        this.finished = new FinishedImage(images, request, platform);
        this.checks = new BuildChecks(
                dockerfile,
                new CheckContext(arguments, platforms, request.target(), false, given.ignored(), bases::known),
                listener);
        this.log = new OrderedLog(listener);
        this.mounts = new RunMountSources(this);
    }

    /** Those that a request gives a value. */
    static BuildArguments arguments(BuildRequest request) {
        Map<String, String> values = new LinkedHashMap<>();
        request.arguments().forEach((name, value) -> value.ifPresent(given -> values.put(name, given)));
        return new BuildArguments(values);
    }

    /**
     * Builds; gives the image, which nobody is shown yet.
     *
     * @param tellsDoubts whether what is doubtful in the Dockerfile is told
     */
    Image run(boolean tellsDoubts) throws IOException, InterruptedException {
        Stage target = target();
        graph.needed(List.of(target)).forEach(index -> stages.put(index, new CompletableFuture<>()));
        checks.before();
        try {
            begin();
            StageResult result = result(target.index());
            Image image = finished.of(target.index(), result.state());
            if (tellsDoubts) {
                checks.after();
            }
            return image;
        } finally {
            end();
        }
    }

    private Stage target() {
        return request.target()
                .map(name -> dockerfile
                        .stage(name)
                        .orElseThrow(() ->
                                BuildException.invalid("failed to reach build target " + name + " in Dockerfile")))
                .orElse(dockerfile.stages().getLast());
    }

    /** The numbers of the stages that the target's layers are from: itself, and those below. */
    Set<Integer> resultStages() {
        Set<Integer> result = new HashSet<>();
        Optional<Stage> each = Optional.of(target());
        while (each.isPresent()) {
            result.add(each.get().index());
            each = graph.base(each.get(), globals);
        }
        return result;
    }

    /** The images that it took from. */
    List<BuildFacts.Base> bases() {
        return bases.found();
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
            String name = globals.base(stage);
            boolean upon = !name.equals("scratch")
                    && dockerfile.stageBefore(stage, name).isEmpty();
            part.number(dockerfile, stage, upon).beginBase(name);
            StageResult base = base(stage, part);
            part.steps().done();
            part.print(" ---> " + base.state().shortKey() + "\n");
            StageResult result = new StageRun(this, stage, part, base, step).run();
            part.close();
            done.complete(result);
        } catch (UnusableCacheException | InterruptedException e) { // it is not the stage that has failed
            log.end();
            done.completeExceptionally(e);
        } catch (IOException | RuntimeException | Error e) { // whoever waits for the stage must not wait for ever
            part.steps().failed(String.valueOf(e.getMessage()));
            part.fail();
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

    /** What another stage has come to, once it has. */
    private StageResult await(int stage, int other) throws IOException, InterruptedException {
        if (!waits.begin(stage, other)) {
            throw dockerfile.error(
                    dockerfile.stages().get(stage).location(), "circular dependency detected on stage: " + name(other));
        }
        try {
            return result(other);
        } finally {
            waits.end(stage);
        }
    }

    private String name(int stage) {
        return dockerfile.stages().get(stage).name().orElse("stage-" + stage);
    }

    private StageResult result(int stage) throws IOException, InterruptedException {
        CompletableFuture<StageResult> future = stages.get(stage);
        if (future == null) {
            throw BuildException.invalid("an ONBUILD trigger of the base takes files of stage "
                    + name(stage)
                    + ", which the build does not know to be needed: let a COPY of the Dockerfile's own take them");
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

    private StageResult base(Stage stage, OrderedLog.Part part) throws IOException, InterruptedException {
        Optional<Stage> other = graph.base(stage, globals);
        if (other.isPresent()) {
            StageResult result = await(stage.index(), other.get().index());
            return new StageResult(result.state(), result.variables().next());
        }
        String name = globals.base(stage);
        Optional<Context> files = contexts.files(name, globals.platform(stage).orElse(platform));
        if (files.isPresent()) {
            StepState nothing = bases.state(BaseImages.SCRATCH, globals.platform(stage));
            StepState all = new FileSteps(this, stage.index(), part).all(nothing, files.get(), name);
            return new StageResult(all, globals.upon(List.of()));
        }
        StepState state = bases.state(name, globals.platform(stage));
        List<String> environment =
                state.image().map(image -> image.config().config().env()).orElse(List.of());
        return new StageResult(state, globals.upon(environment));
    }

    /** What a layer begins with that depends on no other. */
    StepState nothing(Platform one) throws IOException {
        return bases.state(BaseImages.SCRATCH, Optional.of(one));
    }

    /** Something that takes a processor. */
    interface Work<T> {
        T run() throws IOException, InterruptedException;
    }

    /** Does something when a processor is free for it. Stages are not waited for meanwhile. */
    <T> T working(Work<T> work) throws IOException, InterruptedException {
        workers.acquire();
        try {
            return work.run();
        } finally {
            workers.release();
        }
    }

    /** What a stage's COPY takes from. The caller closes it. */
    Source copied(int stage, Instruction.Copy copy) throws IOException, InterruptedException {
        return source(stage, copy.from(), graph.copied(copy));
    }

    /** What a stage's mount has of the context, of another stage or of an image. The caller closes it. */
    Source mounted(int stage, Optional<String> from) throws IOException, InterruptedException {
        return source(stage, from, from.flatMap(graph::mounted));
    }

    private Source source(int stage, Optional<String> name, Optional<Stage> other)
            throws IOException, InterruptedException {
        if (name.isEmpty()) {
            return new Source.OfContext(context);
        }
        Optional<Context> files = contexts.files(name.get(), platform);
        if (files.isPresent()) {
            return new Source.OfContext(files.get());
        }
        StepState state = other.isPresent()
                ? await(stage, other.get().index()).state()
                : bases.state(name.get(), Optional.empty());
        boolean known = request.afresh().isEmpty(); // else what is made afresh has the keys of what was made before
        return new Source.OfStage(images, state, known);
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

    /** Whether nothing of a stage is taken from the cache. */
    boolean isAfresh(int stage) {
        String called = dockerfile.stages().get(stage).name().orElse("stage-" + stage);
        return request.afresh().stream().anyMatch(called::equalsIgnoreCase);
    }

    Context context() {
        return context;
    }

    Dockerfile dockerfile() {
        return dockerfile;
    }

    BuildRequest request() {
        return request;
    }

    StepImages images() {
        return images;
    }

    CacheDirectories directories() {
        return facilities.directories();
    }

    /** Whether bridge networks lead to other hosts; else steps that are to fetch something have the host's network. */
    boolean bridgesLeadOut() {
        return facilities.engine().networks().leadOut();
    }

    MemoryFolder memory() {
        return facilities.engine().memory();
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
}
