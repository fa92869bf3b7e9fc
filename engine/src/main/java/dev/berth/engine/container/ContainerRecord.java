package dev.berth.engine.container;

import dev.berth.engine.config.ContainerConfig;
import dev.berth.engine.config.EndpointConfig;
import dev.berth.engine.config.HostConfig;
import dev.berth.engine.network.NetworkState;
import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A container as its file of state has it.
 *
 * @param imageId {@code sha256:…}; empty where it has no image
 * @param config merged with the image's
 * @param level the level's name
 * @param inherited binds that it has from other containers
 * @param volumes those it has, also from other containers
 * @param networks those it is on when it runs, by name or ID, with what was asked for there
 * @param network what it has of them now
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
        Map<String, EndpointConfig> networks,
        NetworkState network,
        State state,
        Optional<Health> health) {
    @SuppressWarnings("OptionalAssignedToNull") // what JSON left out
    ContainerRecord {
        inherited = inherited == null ? List.of() : List.copyOf(inherited);
        volumes = volumes == null ? List.of() : List.copyOf(volumes);
        networks = networks == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(networks));
        network = network == null ? NetworkState.NONE : network;
        health = health == null ? Optional.empty() : health;
    }

    ContainerRecord with(String newName, State newState) {
        return with(newName, hostConfig, inherited, volumes, networks, network, newState, health);
    }

    ContainerRecord with(HostConfig newHostConfig) {
        return with(name, newHostConfig, inherited, volumes, networks, network, state, health);
    }

    ContainerRecord with(Optional<Health> newHealth) {
        return with(name, hostConfig, inherited, volumes, networks, network, state, newHealth);
    }

    ContainerRecord with(List<InheritedVolume> newInherited, List<VolumeMount> newVolumes) {
        return with(name, hostConfig, newInherited, newVolumes, networks, network, state, health);
    }

    ContainerRecord with(Map<String, EndpointConfig> newNetworks, NetworkState newNetwork) {
        return with(name, hostConfig, inherited, volumes, newNetworks, newNetwork, state, health);
    }

    private ContainerRecord with(
            String newName,
            HostConfig newHostConfig,
            List<InheritedVolume> newInherited,
            List<VolumeMount> newVolumes,
            Map<String, EndpointConfig> newNetworks,
            NetworkState newNetwork,
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
                newNetworks,
                newNetwork,
                newState,
                newHealth);
    }
}
