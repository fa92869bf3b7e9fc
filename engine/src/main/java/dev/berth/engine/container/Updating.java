package dev.berth.engine.container;

import dev.berth.engine.config.HostConfig;
import dev.berth.engine.config.NetworkingConfig;
import dev.berth.engine.config.ResourceUpdate;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.spec.ResourcePlan;
import dev.berth.engine.spec.SandboxPlan;
import dev.berth.level.Capability;
import dev.berth.level.LevelException;
import io.avaje.jsonb.Jsonb;
import java.util.LinkedHashMap;
import java.util.Map;

/** Changes a container's limits and its restart policy, also while it runs ({@code docker update}). */
final class Updating {
    private final Jsonb jsonb;
    private final Lifecycle lifecycle;

    Updating(Facilities facilities, Lifecycle lifecycle) {
        this.jsonb = facilities.jsonb();
        this.lifecycle = lifecycle;
    }

    void update(Container container, ResourceUpdate update) {
        if (!update.fixed().isEmpty()) {
            throw EngineException.unsupported(
                    String.join(", ", update.fixed()) + " cannot be changed once a container is made");
        }
        container.lock();
        try {
            HostConfig before = container.hostConfig();
            check(container, before, update);
            HostConfig after = merge(jsonb, before, update.members());
            SandboxPlan.of(container.config(), after, NetworkingConfig.NONE);
            container.run().ifPresent(run -> {
                lifecycle.require(container, Capability.RESOURCE_LIMITS, "limit what a container uses");
                run.sandbox().update(ResourcePlan.of(after));
            });
            container.reconfigure(after);
            container.publish("update");
        } catch (LevelException e) {
            throw LevelFailures.translate(e);
        } finally {
            container.unlock();
        }
    }

    private static void check(Container container, HostConfig before, ResourceUpdate update) {
        switch (container.state().status()) {
            case REMOVING, DEAD ->
                throw EngineException.conflict("Cannot update container " + container.id()
                        + ": Container is marked for removal and cannot be \"update\".");
            case CREATED, RUNNING, PAUSED, RESTARTING, EXITED -> {}
        }
        boolean restarts = update.restartPolicy()
                .filter(policy -> !policy.name().isEmpty() && !policy.name().equals("no"))
                .isPresent();
        if (before.autoRemove() && restarts) {
            throw EngineException.invalid(
                    "Restart policy cannot be updated because AutoRemove is enabled for the container");
        }
        boolean swapStays = update.memorySwap() == 0 && before.memorySwap() > 0;
        if (update.memory() != 0 && swapStays && update.memory() > before.memorySwap()) {
            throw EngineException.invalid("Memory limit should be smaller than already set memoryswap limit,"
                    + " update the memoryswap at the same time");
        }
        if (update.nanoCpus() > 0 && (before.cpuPeriod() > 0 || before.cpuQuota() > 0)) {
            throw EngineException.invalid(
                    "Conflicting options: Nano CPUs cannot be updated as CPU Period/Quota has already been set");
        }
        if ((update.cpuPeriod() > 0 || update.cpuQuota() > 0) && before.nanoCpus() > 0) {
            throw EngineException.invalid(
                    "Conflicting options: CPU Period/Quota cannot be updated as NanoCPUs has" + " already been set");
        }
    }

    /** The record has too many members to be copied by hand: it goes by way of its JSON. */
    @SuppressWarnings("unchecked") // an object is read as a map
    static HostConfig merge(Jsonb jsonb, HostConfig before, Map<String, Object> changes) {
        String json = jsonb.type(HostConfig.class).toJson(before);
        Map<String, Object> tree = new LinkedHashMap<>(
                (Map<String, Object>) jsonb.type(Object.class).fromJson(json));
        tree.putAll(changes);
        return jsonb.type(HostConfig.class).fromJson(jsonb.type(Object.class).toJson(tree));
    }
}
