package dev.berth.engine.config;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The part of a container's configuration that moves with it from host to host (Docker's {@code Config}).
 *
 * @param hostname empty for the container's short id
 * @param user {@code name|uid[:group|gid]}; empty for root
 * @param exposedPorts {@code 80/tcp}; a declaration without effect of its own
 * @param cmd the arguments of {@code entrypoint}, or what runs where that is empty
 * @param image as the user named it
 * @param volumes paths that are kept apart from the root's changes
 * @param workingDir empty for {@code /}
 * @param stopSignal empty for SIGTERM
 * @param stopTimeout seconds between the stop signal and SIGKILL; empty for 10, negative for ever
 */
@Json
public record ContainerConfig(
        @Json.Property("Hostname") String hostname,
        @Json.Property("Domainname") String domainname,
        @Json.Property("User") String user,
        @Json.Property("AttachStdin") boolean attachStdin,
        @Json.Property("AttachStdout") boolean attachStdout,
        @Json.Property("AttachStderr") boolean attachStderr,

        @Json.Property("ExposedPorts") @Json.Serializer(NameSet.class)
        Set<String> exposedPorts,

        @Json.Property("Tty") boolean tty,
        @Json.Property("OpenStdin") boolean openStdin,
        @Json.Property("StdinOnce") boolean stdinOnce,
        @Json.Property("Env") List<String> env,

        @Json.Property("Cmd") @Json.Serializer(StringOrStrings.class)
        List<String> cmd,

        @Json.Property("Healthcheck") @Json.Serializer(HealthJson.class)
        Optional<HealthConfig> healthcheck,

        @Json.Property("ArgsEscaped") boolean argsEscaped,
        @Json.Property("Image") String image,

        @Json.Property("Volumes") @Json.Serializer(NameSet.class)
        Set<String> volumes,

        @Json.Property("WorkingDir") String workingDir,

        @Json.Property("Entrypoint") @Json.Serializer(StringOrStrings.class)
        List<String> entrypoint,

        @Json.Property("NetworkDisabled") boolean networkDisabled,
        @Json.Property("MacAddress") String macAddress,

        @Json.Property("OnBuild") @Json.Serializer(StringOrStrings.class)
        List<String> onBuild,

        @Json.Property("Labels") Map<String, String> labels,
        @Json.Property("StopSignal") String stopSignal,
        @Json.Property("StopTimeout") OptionalInt stopTimeout,

        @Json.Property("Shell") @Json.Serializer(StringOrStrings.class)
        List<String> shell) {
    public ContainerConfig {
        hostname = Absent.text(hostname);
        domainname = Absent.text(domainname);
        user = Absent.text(user);
        exposedPorts = Absent.set(exposedPorts);
        env = Absent.list(env);
        cmd = Absent.list(cmd);
        healthcheck = Absent.optional(healthcheck);
        image = Absent.text(image);
        volumes = Absent.set(volumes);
        workingDir = Absent.text(workingDir);
        entrypoint = Absent.list(entrypoint);
        macAddress = Absent.text(macAddress);
        onBuild = Absent.list(onBuild);
        labels = Absent.map(labels);
        stopSignal = Absent.text(stopSignal);
        stopTimeout = Absent.number(stopTimeout);
        shell = Absent.list(shell);
    }
}
