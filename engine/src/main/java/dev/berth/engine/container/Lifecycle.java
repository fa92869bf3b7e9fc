package dev.berth.engine.container;

import dev.berth.engine.container.Container.Run;
import dev.berth.engine.container.State.Status;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.network.ContainerNetwork;
import dev.berth.level.Capability;
import dev.berth.level.Exit;
import dev.berth.level.LevelException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What can be done to a container, and what happens to it: each under the container's lock as far as its state goes, and
 * without it wherever something is waited for.
 */
final class Lifecycle {
    private static final int DEFAULT_STOP_SECONDS = 10;
    /** How long the kernel is given to end what was killed before its sandbox is closed over it. */
    private static final Duration KILL_PATIENCE = Duration.ofSeconds(10);

    /** How often what is to be removed by force is ended, where it is started again and again. */
    private static final int FORCED_TRIES = 5;

    private final Facilities facilities;
    private final Launch launch;
    private final Removal removal;
    private final ContainerVolumes volumes;
    private final HealthProbes probes;
    private final ContainerNetworking networking;
    private volatile boolean closing;

    Lifecycle(Facilities facilities, ContainerIndex index) {
        this.facilities = facilities;
        this.removal = new Removal(facilities, index);
        this.volumes = new ContainerVolumes(facilities);
        this.launch = new Launch(facilities, index);
        this.networking = new ContainerNetworking(facilities, index);
        this.probes = new HealthProbes(facilities.log());
    }

    /** From now on nothing is restarted. */
    void closing() {
        closing = true;
    }

    /** @param undisclosed variables that its processes have too, and that are written down nowhere */
    void start(Container container, List<String> undisclosed) {
        EngineException failure;
        container.lock();
        try {
            switch (container.state().status()) {
                case CREATED, EXITED -> {}
                case RUNNING, RESTARTING -> throw EngineException.notModified(container + " is already running");
                case PAUSED -> throw EngineException.conflict("cannot start a paused container, try unpause instead");
                case REMOVING, DEAD ->
                    throw EngineException.conflict("container is marked for removal and cannot be started");
            }
            container.restarts(Restarts.NONE);
            container.undisclosed(undisclosed);
            launch(container, 0);
            return;
        } catch (Launch.Failed e) {
            failure = e.reason();
        } finally {
            container.unlock();
        }
        removeIfWanted(container);
        throw failure;
    }

    /**
     * Takes up a container that an engine before has left running, also where it has ended meanwhile. Its lock is held.
     *
     * @return whether there was something to take up; if not, its state is as it was
     */
    boolean takeUp(Container container) throws IOException {
        Optional<Run> run;
        try {
            run = launch.takeUp(container);
        } catch (LevelException e) {
            throw LevelFailures.translate(e);
        }
        run.ifPresent(taken -> {
            container.run(run);
            begin(container, taken);
            probes.goOn(container, taken);
        });
        return run.isPresent();
    }

    /** Ends what an engine before has left of a container that does not run. */
    void discard(Container container) {
        try {
            facilities.levels().get(container.snapshot().level()).discard(container.id(), container.sandboxDirectory());
        } catch (LevelException e) {
            throw LevelFailures.translate(e);
        }
    }

    /** Leaves what runs to an engine that comes later: ends what this one does with it, and has its log written. */
    void leave(Container container) {
        container.lock();
        try {
            container.run().ifPresent(run -> {
                run.sandbox().leave();
                container.network().ifPresent(ContainerNetwork::leave);
                run.over().complete(null);
                container.log().leave().join();
                container.streams().disconnect();
            });
        } finally {
            container.unlock();
        }
    }

    /** Starts a container whose lock is held. */
    private void launch(Container container, int restartCount) throws Launch.Failed {
        if (closing) {
            throw EngineException.conflict("the engine is being closed");
        }
        try {
            Run run = launch.start(container);
            container.enter(
                    container.state().started(run.process().pid(), Instant.now(), restartCount), Optional.of(run));
            container.publishNetwork("connect");
            volumes.publishMounts(container);
            container.publish("start");
            begin(container, run);
            networking.tellLinked(container);
            probes.begin(container, run);
        } catch (Launch.Failed e) {
            container.enter(container
                    .state()
                    .notStarted(e.exitCode(), String.valueOf(e.reason().getMessage())));
            container.streams().disconnect();
            throw e;
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a failure is handled like an end
    private void begin(Container container, Run run) {
        container.streams().connect(run.process());
        run.process()
                .exit()
                .whenComplete((exit, failure) -> Thread.ofVirtual()
                        .start(() -> ended(
                                container,
                                run,
                                exit == null ? new Exit(Signals.KILL + 128, false, Instant.now()) : exit)));
    }

    private void ended(Container container, Run run, Exit exit) {
        boolean restarts;
        container.lock();
        try {
            if (run.over().isDone()) {
                return; // left to the next engine a moment ago: that one learns of the end, and frees what there is
            }
            free(container, run);
            Optional<ContainerNetwork> network = container.network();
            container.network(Optional.empty());
            State before = container.state();
            restarts = !closing && Restarts.follows(container.hostConfig().restartPolicy(), before, exit.code());
            container.enter(
                    before.ended(
                            restarts ? Status.RESTARTING : Status.EXITED, exit.code(), exit.oomKilled(), exit.at()),
                    Optional.empty());
            forget(container, run);
            Duration length = Duration.between(before.startedAt().orElse(exit.at()), exit.at());
            if (exit.oomKilled()) {
                container.publish("oom");
            }
            container.publish(
                    "die",
                    "exitCode",
                    Integer.toString(exit.code()),
                    "execDuration",
                    Long.toString(length.toSeconds()));
            container.publishNetwork("disconnect");
            network.ifPresent(gone -> networking.close(container, gone));
            volumes.unmounted(container);
            container.streams().disconnect();
            if (restarts) {
                scheduleRestart(container, length);
            }
        } finally {
            container.unlock();
        }
        WaitResult result = new WaitResult(exit.code(), Optional.empty());
        if (restarts) {
            container.waiters().endedForNow(result);
        } else {
            container.waiters().ended(result);
        }
        run.over().complete(null);
        removeIfWanted(container);
    }

    private void free(Container container, Run run) {
        try {
            run.sandbox().close();
        } catch (LevelException e) {
            facilities.log().log(Level.WARNING, "freeing what " + container + " held failed: " + e.getMessage());
        }
        container.log().end().join();
    }

    /** How it ended is written down: nobody needs to be able to take it up any more. */
    private void forget(Container container, Run run) {
        try {
            container.log().forget();
            run.sandbox().forget();
        } catch (LevelException e) {
            facilities.log().log(Level.WARNING, "clearing up after " + container + " failed: " + e.getMessage());
        }
    }

    private void scheduleRestart(Container container, Duration lastRun) {
        Duration pause = container.restarts().next(lastRun);
        Thread timer = Thread.ofVirtual().unstarted(() -> restartAfter(container, pause));
        container.restarts(new Restarts(pause, Optional.of(timer)));
        timer.start();
    }

    private void restartAfter(Container container, Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            return; // called off
        }
        startAgain(container, Status.RESTARTING, container.state().restartCount() + 1);
    }

    /** Starts a container by its policy, unless it has left the state it was in; nobody is there to be told of a failure. */
    void startAgain(Container container, Status expected, int restartCount) {
        container.lock();
        try {
            if (container.state().status() == expected
                    && !closing
                    && !Thread.currentThread().isInterrupted()) {
                launch(container, restartCount);
            }
        } catch (Launch.Failed | EngineException e) {
            facilities.log().log(Level.WARNING, "restarting " + container + " failed: " + e.getMessage());
            if (container.state().status() == Status.RESTARTING) {
                container.enter(container.state().settled());
            }
            container.waiters().ended(result(container));
        } finally {
            container.unlock();
        }
    }

    /** Ends a container gently, then not; returns when it has ended. */
    void stop(Container container, StopRequest request) {
        int signal = Signals.parse(request.signal()
                .filter(name -> !name.isEmpty())
                .or(() -> Optional.of(container.config().stopSignal()).filter(name -> !name.isEmpty()))
                .orElse("SIGTERM"));
        int seconds =
                request.timeoutSeconds().orElse(container.config().stopTimeout().orElse(DEFAULT_STOP_SECONDS));
        Optional<Run> run = wantStopped(container);
        if (run.isEmpty()) {
            return; // it waited to be restarted
        }
        end(container, run.get(), signal, seconds);
        container.publish("stop");
    }

    /** Calls off restarts, now and later; gives what runs. */
    private Optional<Run> wantStopped(Container container) {
        container.lock();
        try {
            container.restarts(container.restarts().cancelled());
            State state = container.state();
            if (state.status() == Status.RESTARTING) {
                container.enter(state.settled());
            } else if (!state.hasProcess()) {
                throw EngineException.notModified(container + " is already stopped");
            } else {
                if (!closing) {
                    container.enter(state.wantedToStop());
                }
                return container.run();
            }
        } finally {
            container.unlock();
        }
        container.waiters().ended(result(container));
        removeIfWanted(container);
        return Optional.empty();
    }

    private void end(Container container, Run run, int signal, int seconds) {
        signal(container, run, signal);
        if (signal != Signals.KILL && !isOver(run, seconds)) {
            signal(container, run, Signals.KILL);
        }
        if (!isOver(run, (int) KILL_PATIENCE.toSeconds())) {
            run.sandbox().close(); // somebody attached takes no output, and the end waits for that
            run.over().join();
        }
    }

    private static boolean isOver(Run run, int seconds) {
        try {
            if (seconds < 0) {
                run.over().get();
            } else {
                run.over().get(seconds, TimeUnit.SECONDS);
            }
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException("the end of a run never fails", e);
        }
    }

    /** Sends a signal; what is paused must go on to get it. */
    private void signal(Container container, Run run, int signal) {
        container.lock(); // so that the end which it may bring about is told after it
        try {
            try {
                run.sandbox().signal(signal);
                container.publish("kill", "signal", Integer.toString(signal));
            } catch (LevelException e) {
                if (e.kind() != LevelException.Kind.CONFLICT) {
                    throw LevelFailures.translate(e);
                }
            }
            resumeIfPaused(container, run);
        } finally {
            container.unlock();
        }
    }

    private static void resumeIfPaused(Container container, Run run) {
        if (container.state().status() == Status.PAUSED) {
            run.sandbox().resume();
            container.enter(container.state().resumed());
            container.publish("unpause");
        }
    }

    void restart(Container container, StopRequest request) {
        if (container.state().isRunning()) {
            try {
                stop(container, request);
            } catch (EngineException e) {
                if (e.kind() != EngineException.Kind.NOT_MODIFIED) {
                    throw e;
                }
            }
        }
        start(container, List.of());
        container.publish("restart");
    }

    void kill(Container container, String name) {
        int signal = name.isEmpty() ? Signals.KILL : Signals.parse(name);
        Run run = running(container, "");
        String stopSignal = container.config().stopSignal();
        if (signal == Signals.KILL || signal == (stopSignal.isEmpty() ? Signals.TERM : Signals.parse(stopSignal))) {
            wantStoppedIfRunning(container);
        }
        if (signal == Signals.KILL) {
            end(container, run, signal, 0);
        } else {
            signal(container, run, signal);
        }
    }

    void pause(Container container) {
        require(container, Capability.PAUSE, "pause containers");
        container.lock();
        try {
            Run run = running(container, "");
            if (container.state().status() == Status.PAUSED) {
                throw EngineException.conflict("Container " + container.id() + " is already paused");
            }
            run.sandbox().pause();
            container.enter(container.state().paused());
            container.publish("pause");
        } catch (LevelException e) {
            throw LevelFailures.translate(e);
        } finally {
            container.unlock();
        }
    }

    void unpause(Container container) {
        container.lock();
        try {
            if (container.state().status() != Status.PAUSED) {
                throw EngineException.conflict("Container " + container.id() + " is not paused");
            }
            Run run = running(container, "");
            run.sandbox().resume();
            container.enter(container.state().resumed());
            container.publish("unpause");
        } catch (LevelException e) {
            throw LevelFailures.translate(e);
        } finally {
            container.unlock();
        }
    }

    /** What runs, or CONFLICT. */
    static Run running(Container container, String doing) {
        return container
                .run()
                .orElseThrow(() -> EngineException.conflict(doing
                        + (container.state().status() == Status.RESTARTING
                                ? "Container " + container.id() + " is restarting, wait until the container is running"
                                : "Container " + container.id() + " is not running")));
    }

    /** @throws EngineException UNSUPPORTED where the container's level cannot do it */
    void require(Container container, Capability capability, String what) {
        var level = facilities.levels().get(container.snapshot().level());
        if (!level.capabilities().contains(capability)) {
            throw EngineException.unsupported("the level \"" + level.name() + "\" cannot " + what);
        }
    }

    /** Whether the container's level can do it. */
    boolean can(Container container, Capability capability) {
        return facilities
                .levels()
                .get(container.snapshot().level())
                .capabilities()
                .contains(capability);
    }

    CompletableFuture<WaitResult> await(Container container, WaitCondition condition) {
        container.lock();
        try {
            if (condition == WaitCondition.NOT_RUNNING && !container.state().isRunning()) {
                return CompletableFuture.completedFuture(result(container));
            }
            return container.waiters().add(condition);
        } finally {
            container.unlock();
        }
    }

    void remove(Container container, boolean force, boolean withVolumes) {
        for (int tries = 1; true; tries++) {
            if (force && container.state().isRunning()) {
                wantStoppedIfRunning(container).ifPresent(run -> end(container, run, Signals.KILL, 0));
            }
            try {
                removal.remove(container, force, withVolumes);
                return;
            } catch (EngineException e) {
                boolean started =
                        force && container.state().isRunning(); // by its policy, or by somebody else, meanwhile
                if (!started || tries == FORCED_TRIES) {
                    throw e;
                }
            }
        }
    }

    /** As {@link #wantStopped}, but what has ended just now is as good. */
    private Optional<Run> wantStoppedIfRunning(Container container) {
        try {
            return wantStopped(container);
        } catch (EngineException e) {
            if (e.kind() != EngineException.Kind.NOT_MODIFIED) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private void removeIfWanted(Container container) {
        if (!container.hostConfig().autoRemove() || container.state().isRunning()) {
            return;
        }
        try {
            removal.remove(container, false, true);
        } catch (EngineException e) {
            if (e.kind() != EngineException.Kind.CONFLICT) {
                facilities.log().log(Level.WARNING, String.valueOf(e.getMessage()));
            }
        }
    }

    private static WaitResult result(Container container) {
        State state = container.state();
        return new WaitResult(
                state.exitCode(), state.error().isEmpty() ? Optional.empty() : Optional.of(state.error()));
    }
}
