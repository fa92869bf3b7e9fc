package dev.berth.api.buildkit;

import dev.berth.build.BuildListener;
import dev.berth.build.StepEvent;
import dev.berth.build.dockerfile.CheckWarning;
import dev.berth.build.dockerfile.Dockerfile;
import dev.berth.build.output.BuildResult;
import dev.berth.image.Image;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.registry.Reference;
import dev.berth.image.registry.TransferEvent;
import dev.berth.image.registry.TransferListener;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * How a build goes on, as BuildKit's clients are told: each piece of work is a vertex of a graph, with its times, what it prints,
 * and how far it is. Safe for many threads.
 */
public final class BuildTrace implements BuildListener {
    /** How often a client is told how much has come. */
    private static final Duration PACE = Duration.ofMillis(100);

    private final String build = UUID.randomUUID().toString();
    private final List<String> names;
    private final Consumer<byte[]> out;
    private final Map<StepEvent.Step, Work> steps = new HashMap<>(); // guarded by this, as is what follows
    private final Map<Integer, Work> latest = new HashMap<>();
    private Optional<Work> pulling = Optional.empty();
    private Optional<Digest> image = Optional.empty();
    private Optional<BuildResult> result = Optional.empty();
    private boolean kept = true;
    private Optional<Work> first = Optional.empty();
    private int begun;

    /**
     * @param names that the image will have
     * @param out takes messages of the type {@code moby.buildkit.v1.StatusResponse}, one at a time
     * @throws ImageException BAD_REQUEST where that is no name
     */
    public BuildTrace(List<String> names, Consumer<byte[]> out) throws ImageException {
        List<String> whole = new ArrayList<>();
        for (String name : names) {
            whole.add(Reference.parse(name).withDefaultTag().toString());
        }
        this.names = List.copyOf(whole);
        this.out = out;
    }

    /** The image's names, in full. */
    List<String> names() {
        return names;
    }

    /** What was built, when it was. */
    public synchronized Optional<Digest> image() {
        return image;
    }

    /** What was built, one a platform. */
    public synchronized List<Image> images() {
        return result.map(BuildResult::images).orElse(List.of());
    }

    /** What was built, with what is attested of it. */
    synchronized Optional<BuildResult> result() {
        return result;
    }

    /** What is built does not stay here. */
    public synchronized void leaves() {
        kept = false;
    }

    @Override
    public synchronized void result(BuildResult built) {
        result = Optional.of(built);
    }

    /** Begins a piece of work that is none of the Dockerfile's steps. */
    public Work begin(String name) {
        return begin(name, Optional.empty());
    }

    private synchronized Work begin(String name, Optional<Work> after) {
        String digest = Digest.sha256((build + begun++ + name).getBytes(StandardCharsets.UTF_8))
                .toString();
        Work work = new Work(digest, name, after.map(before -> before.digest).orElse(""));
        first = first.or(() -> Optional.of(work));
        work.tell();
        return work;
    }

    private synchronized void send(MessageWriter status) {
        out.accept(status.toBytes());
    }

    @Override
    public void text(String text) {} // the classic builder's; steps are told of by themselves

    @Override
    public void cache(String line) {
        try (Work work = begin(line)) {
            work.done();
        }
    }

    @Override
    public synchronized void step(StepEvent event) {
        switch (event) {
            case StepEvent.Begun(StepEvent.Step step) -> {
                Work work = begin(step.name(), Optional.ofNullable(latest.get(step.stage())));
                steps.put(step, work);
                latest.put(step.stage(), work);
            }
            case StepEvent.Cached(StepEvent.Step step) -> of(step).ifPresent(Work::cached);
            case StepEvent.Printed(StepEvent.Step step, StepEvent.Stream stream, byte[] bytes) ->
                of(step).ifPresent(work -> work.print(stream == StepEvent.Stream.STDOUT ? 1 : 2, bytes));
            case StepEvent.Done(StepEvent.Step step) -> of(step).ifPresent(Work::done);
            case StepEvent.Failed(StepEvent.Step step, String reason) -> of(step).ifPresent(work -> work.fail(reason));
        }
    }

    /** It is about the first of all vertexes, which has brought the Dockerfile. */
    @Override
    public synchronized void warning(Dockerfile file, CheckWarning warning) {
        MessageWriter source = new MessageWriter()
                .text(1, file.name())
                .bytes(2, file.source().getBytes(StandardCharsets.UTF_8))
                .text(4, "Dockerfile");
        MessageWriter lines = new MessageWriter()
                .message(1, new MessageWriter().number(1, warning.location().first()))
                .message(2, new MessageWriter().number(1, warning.location().last()));
        first.ifPresent(work -> send(new MessageWriter()
                .message(
                        4,
                        new MessageWriter()
                                .text(1, work.digest)
                                .number(2, 1)
                                .text(3, warning.brief())
                                .text(4, warning.rule().description())
                                .text(5, warning.rule().url())
                                .message(6, source)
                                .message(7, lines))));
    }

    private Optional<Work> of(StepEvent.Step step) {
        return Optional.ofNullable(steps.get(step));
    }

    @Override
    public synchronized void built(Digest id) {
        pulling.ifPresent(Work::done);
        image = Optional.of(id);
        if (!kept) {
            return;
        }
        try (Work exporting = begin("exporting to image")) {
            exporting.did("exporting layers");
            exporting.did("writing image " + id);
            names.forEach(name -> exporting.did("naming to " + name));
            exporting.done();
        }
    }

    @Override
    public TransferListener transfers() {
        return this::transfer;
    }

    private synchronized void transfer(TransferEvent event) {
        if (pulling.isEmpty()) {
            pulling = Optional.of(begin("[internal] pull base images"));
        }
        transfer(pulling.get(), event);
    }

    /** What a piece of work moves. */
    TransferListener transfers(Work work) {
        return event -> transfer(work, event);
    }

    private synchronized void transfer(Work work, TransferEvent event) {
        switch (event) {
            case TransferEvent.Layer layer -> work.layer(layer);
            case TransferEvent.Message message ->
                work.print(1, (message.text() + "\n").getBytes(StandardCharsets.UTF_8));
            case TransferEvent.Measure measure ->
                work.progress(measure.text(), measure.current(), measure.total(), false);
            case TransferEvent.Pushed _ -> {}
        }
    }

    /** A vertex on its way. One that is closed before it is done has failed. */
    public final class Work implements AutoCloseable {
        private final String digest;
        private final String name;
        private final String input;
        private final Instant started = Instant.now();
        private final Map<String, Instant> begun = new HashMap<>();
        private Optional<Instant> completed = Optional.empty();
        private boolean cached;
        private String error = "";
        private long moved;
        private Instant told = Instant.EPOCH;
        private String moving = "";

        private Work(String digest, String name, String input) {
            this.digest = digest;
            this.name = name;
            this.input = input;
        }

        private void tell() {
            MessageWriter vertex = new MessageWriter()
                    .text(1, digest)
                    .text(2, input)
                    .text(3, name)
                    .flag(4, cached)
                    .time(5, started);
            completed.ifPresent(time -> vertex.time(6, time));
            vertex.text(7, error);
            send(new MessageWriter().message(1, vertex));
        }

        private void cached() {
            cached = true;
        }

        private void print(int stream, byte[] bytes) {
            send(new MessageWriter()
                    .message(
                            3,
                            new MessageWriter()
                                    .text(1, digest)
                                    .time(2, Instant.now())
                                    .number(3, stream)
                                    .bytes(4, bytes)));
        }

        /** So many bytes more have come; told from time to time. */
        void moved(String what, long bytes) {
            synchronized (BuildTrace.this) {
                moved += bytes;
                moving = what;
                if (Duration.between(told, Instant.now()).compareTo(PACE) > 0) {
                    told = Instant.now();
                    progress(what, moved, 0, false);
                }
            }
        }

        private void did(String what) {
            progress(what, 0, 0, true);
        }

        private void layer(TransferEvent.Layer layer) {
            boolean over = switch (layer.phase()) {
                case PULLED, EXISTS, PUSHED, EXISTS_THERE, MOUNTED -> true;
                case PULLING, WAITING, DOWNLOADING, VERIFYING, DOWNLOADED, EXTRACTING, PREPARING, PUSHING -> false;
            };
            progress(layer.id(), layer.current(), layer.total(), over);
        }

        private void progress(String id, long current, long total, boolean over) {
            Instant now = Instant.now();
            MessageWriter status = new MessageWriter()
                    .text(1, id)
                    .text(2, digest)
                    .text(3, id)
                    .number(4, current)
                    .number(5, total)
                    .time(6, now)
                    .time(7, begun.computeIfAbsent(id, _ -> now));
            if (over) {
                status.time(8, now);
            }
            send(new MessageWriter().message(2, status));
        }

        /** All is well. */
        void done() {
            synchronized (BuildTrace.this) {
                if (completed.isEmpty()) {
                    if (!moving.isEmpty()) {
                        progress(moving, moved, 0, true);
                    }
                    completed = Optional.of(Instant.now());
                    tell();
                }
            }
        }

        private void fail(String reason) {
            error = reason;
            done();
        }

        @Override
        public void close() {
            synchronized (BuildTrace.this) {
                if (completed.isEmpty()) {
                    fail("failed");
                }
            }
        }
    }
}
