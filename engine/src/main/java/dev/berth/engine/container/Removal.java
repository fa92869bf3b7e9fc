package dev.berth.engine.container;

import dev.berth.engine.container.State.Status;
import dev.berth.engine.error.EngineException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The end of a container that does not run: of its state, its name, its files, and everyone's waiting for it. */
final class Removal {
    private final ContainerIndex index;
    private final ContainerVolumes volumes;

    Removal(Facilities facilities, ContainerIndex index) {
        this.index = index;
        this.volumes = new ContainerVolumes(facilities);
    }

    /**
     * Removes a container that does not run.
     *
     * @param force whether it is fine that somebody else removes it just now; waits for that
     * @param withVolumes whether its anonymous volumes go with it
     * @throws EngineException CONFLICT where it runs
     */
    void remove(Container container, boolean force, boolean withVolumes) {
        if (!beginRemoval(container, force, withVolumes)) {
            return;
        }
        try {
            container.delete();
        } catch (IOException e) {
            container.lock();
            try {
                container.enter(container.state().dead("removing it failed: " + e.getMessage()));
            } finally {
                container.unlock();
            }
            container
                    .waiters()
                    .removed(new WaitResult(
                            container.state().exitCode(),
                            Optional.of(container.state().error())));
            throw EngineException.failed("removing " + container + " failed: " + e.getMessage() + "; try again", e);
        }
        index.remove(container);
        volumes.leave(container.snapshot());
        container.publish("destroy");
        container.streams().disconnect();
        // why a start failed, its caller was told; that the container is gone now is no failure
        container.waiters().removed(new WaitResult(container.state().exitCode(), Optional.empty()));
    }

    /** Gives false where the container removes itself just now and it is enough to have waited for that. */
    private boolean beginRemoval(Container container, boolean force, boolean withVolumes) {
        CompletableFuture<WaitResult> other;
        container.lock();
        try {
            State state = container.state();
            if (state.isRunning()) {
                throw EngineException.conflict("cannot remove container \"/" + container.name() + "\": container is "
                        + state.status().word() + ": stop the container before removing or force remove");
            }
            if (state.status() != Status.REMOVING) {
                if (!withVolumes) {
                    container.keepVolumes();
                }
                container.enter(state.removing());
                return true;
            }
            if (!force) {
                throw EngineException.conflict("removal of container " + container.id() + " is already in progress");
            }
            other = container.waiters().add(WaitCondition.REMOVED);
        } finally {
            container.unlock();
        }
        if (index.has(container.id())) {
            other.join();
        }
        return false;
    }
}
