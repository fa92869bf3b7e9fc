package dev.berth.embedded;

import dev.berth.build.Builder;
import dev.berth.engine.Engine;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A container engine in this JVM. Images and what builds have come to are kept for the next engine; containers, networks and
 * volumes end with this one: when it is {@linkplain #close closed}, when the JVM ends in whatever way that its shutdown hooks
 * run in, and otherwise (after a kill -9) when the next engine is started.
 *
 * {@snippet :
 * try (Berth berth = Berth.start();
 *         Container web = berth.run(ContainerSpec.of("nginx").port(80))) {
 *     web.awaitPort(80, Duration.ofSeconds(10));
 *     URI address = URI.create("http://localhost:" + web.hostPort(80));
 * }
 * }
 *
 * <p>Safe for use by many threads. Whatever fails throws {@link BerthException}.
 */
public final class Berth implements AutoCloseable {
    private final Slot slot;
    private final Builder builder;
    private final Images images;
    private final Containers containers;
    private final Networks networks;
    private final Volumes volumes;
    private final Thread atExit;
    private Optional<EngineSocket> socket = Optional.empty();
    private volatile boolean closed;

    private Berth(Slot slot, Builder builder) {
        this.slot = slot;
        this.builder = builder;
        this.images = new Images(this);
        this.containers = new Containers(this);
        this.networks = new Networks(this);
        this.volumes = new Volumes(this);
        this.atExit = new Thread(this::shutDown, "berth-exit");
    }

    /** As {@link #start(BerthOptions)}, with the usual. */
    public static Berth start() {
        return start(BerthOptions.DEFAULT);
    }

    /**
     * Starts an engine, and ends what JVMs that were killed have left. The caller closes it.
     *
     * @throws BerthException UNSUPPORTED where this host or this user cannot run containers, with what is missing; CONFLICT
     *     where {@link BerthOptions#directory} is another engine's
     */
    public static Berth start(BerthOptions options) {
        Rights.require();
        return Failures.gives(() -> {
            Slot slot = Slot.take(options);
            try {
                Berth berth = new Berth(
                        slot, Builder.open(slot.engine(), slot.directory().resolve("data/build")));
                Runtime.getRuntime().addShutdownHook(berth.atExit);
                return berth;
            } catch (Exception e) {
                slot.close();
                throw e;
            }
        });
    }

    /** The images. */
    public Images images() {
        return images;
    }

    /** The containers. */
    public Containers containers() {
        return containers;
    }

    /** The networks. */
    public Networks networks() {
        return networks;
    }

    /** The volumes. */
    public Volumes volumes() {
        return volumes;
    }

    /** Makes and starts a container; as {@link Containers#run}. */
    public Container run(ContainerSpec spec) {
        return containers.run(spec);
    }

    /**
     * Opens Docker's API on a Unix socket, for the {@code docker} command line and for libraries that speak to Docker; the
     * same socket each time. It is in a folder that only this user can enter, and goes with the engine. Needs
     * {@code dev.berth:berth-api} on the class path.
     *
     * @throws BerthException UNSUPPORTED without {@code berth-api}
     */
    public synchronized Path socket() {
        Engine engine = engine();
        if (socket.isEmpty()) {
            try {
                socket = Optional.of(EngineSocket.open(engine, builder, slot.execRoot(), slot.log()));
            } catch (NoClassDefFoundError e) {
                throw new BerthException(
                        BerthException.Kind.UNSUPPORTED,
                        "Docker's API needs the library dev.berth:berth-api, which is not on the class path: add it",
                        e);
            }
        }
        return socket.get().path();
    }

    /** Where the engine keeps images. */
    public Path directory() {
        return slot.directory();
    }

    Engine engine() {
        if (closed) {
            throw new BerthException(BerthException.Kind.CLOSED, "the engine in " + slot.directory() + " is closed");
        }
        return slot.engine();
    }

    Builder builder() {
        engine();
        return builder;
    }

    boolean isClosed() {
        return closed;
    }

    /** Ends every container at once, and gives back everything but the images and the build cache. Idempotent. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // the JVM ends: the hook runs, or has run
        }
        shutDown();
    }

    private synchronized void shutDown() {
        if (closed) {
            return;
        }
        closed = true;
        if (socket.isPresent()) { // EngineSocket::close would load the class, also where berth-api is missing
            socket.get().close();
        }
        Failures.does(slot::close);
    }
}
