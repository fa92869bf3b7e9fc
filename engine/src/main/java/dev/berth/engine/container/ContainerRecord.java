package dev.berth.engine.container;

import dev.berth.engine.config.ContainerConfig;
import dev.berth.engine.config.HostConfig;
import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A container as its file of state has it.
 *
 * @param imageId {@code sha256:…}; empty where it has no image
 * @param config merged with the image's
 * @param level the level's name
 * @param inherited binds that it has from other containers
 * @param volumes those it has, also from other containers
 * @param os of its platform, as its architecture and variant
 * @param health what the probes said last; empty where there are none
 */
@Json
record ContainerRecord(
        String id,
        String name,
        Instant created,
        String imageId,
        ContainerConfig config,
        HostConfig hostConfig,
        String level,
        String os,
        String architecture,
        String variant,
        List<InheritedVolume> inherited,
        List<VolumeMount> volumes,
        State state,
        Optional<Health> health) {
    @SuppressWarnings("OptionalAssignedToNull") // what JSON left out
    ContainerRecord {
        inherited = inherited == null ? List.of() : List.copyOf(inherited);
        volumes = volumes == null ? List.of() : List.copyOf(volumes);
        health = health == null ? Optional.empty() : health;
    }

    ContainerRecord with(String newName, State newState) {
        return with(newName, hostConfig, inherited, volumes, newState, health);
    }

    ContainerRecord with(HostConfig newHostConfig) {
        return with(name, newHostConfig, inherited, volumes, state, health);
    }

    ContainerRecord with(Optional<Health> newHealth) {
        return with(name, hostConfig, inherited, volumes, state, newHealth);
    }

    ContainerRecord with(List<InheritedVolume> newInherited, List<VolumeMount> newVolumes) {
        return with(name, hostConfig, newInherited, newVolumes, state, health);
    }

    private ContainerRecord with(
            String newName,
            HostConfig newHostConfig,
            List<InheritedVolume> newInherited,
            List<VolumeMount> newVolumes,
            State newState,
            Optional<Health> newHealth) {
        return new ContainerRecord(
                id,
                newName,
                created,
                imageId,
                config,
                newHostConfig,
                level,
                os,
                architecture,
                variant,
                newInherited,
                newVolumes,
                newState,
                newHealth);
    }
}
