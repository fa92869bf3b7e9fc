package dev.berth.image.oci;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a container made of the image starts with (OCI image-spec, config.md, "config", and the further fields that
 * Docker writes). Absent members are empty.
 *
 * @param entrypoint what runs; {@code cmd} follows as its arguments, or is what runs where this is empty
 * @param exposedPorts such as {@code 80/tcp}
 * @param volumes paths
 * @param argsEscaped of Windows images; kept
 * @param stopTimeoutSeconds how long a stop waits before it kills
 */
public record ContainerConfig(
        String hostname,
        String domainname,
        String user,
        boolean attachStdin,
        boolean attachStdout,
        boolean attachStderr,
        boolean tty,
        boolean openStdin,
        boolean stdinOnce,
        List<String> env,
        List<String> cmd,
        List<String> entrypoint,
        List<String> exposedPorts,
        List<String> volumes,
        String workingDir,
        Map<String, String> labels,
        Optional<Healthcheck> healthcheck,
        boolean argsEscaped,
        List<String> onBuild,
        String stopSignal,
        Optional<Long> stopTimeoutSeconds,
        List<String> shell,
        String image,
        String macAddress,
        boolean networkDisabled) {
    /** A configuration that says nothing. */
    public static final ContainerConfig EMPTY = new ContainerConfig(
            "",
            "",
            "",
            false,
            false,
            false,
            false,
            false,
            false,
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            "",
            Map.of(),
            Optional.empty(),
            false,
            List.of(),
            "",
            Optional.empty(),
            List.of(),
            "",
            "",
            false);

    public ContainerConfig {
        env = List.copyOf(env);
        cmd = List.copyOf(cmd);
        entrypoint = List.copyOf(entrypoint);
        exposedPorts = List.copyOf(exposedPorts);
        volumes = List.copyOf(volumes);
        labels = Collections.unmodifiableMap(new TreeMap<>(labels)); // in the order that Docker writes them
        onBuild = List.copyOf(onBuild);
        shell = List.copyOf(shell);
    }

    /** Reads a configuration in Docker's and OCI's common form. */
    public static ContainerConfig read(JsonObject json) throws ImageException {
        Optional<JsonObject> healthcheck = json.object("Healthcheck");
        return new ContainerConfig(
                json.string("Hostname"),
                json.string("Domainname"),
                json.string("User"),
                json.bool("AttachStdin"),
                json.bool("AttachStdout"),
                json.bool("AttachStderr"),
                json.bool("Tty"),
                json.bool("OpenStdin"),
                json.bool("StdinOnce"),
                json.strings("Env"),
                json.stringOrStrings("Cmd"),
                json.stringOrStrings("Entrypoint"),
                json.nameSet("ExposedPorts"),
                json.nameSet("Volumes"),
                json.string("WorkingDir"),
                json.stringMap("Labels"),
                healthcheck.isPresent() ? Optional.of(Healthcheck.read(healthcheck.get())) : Optional.empty(),
                json.bool("ArgsEscaped"),
                json.strings("OnBuild"),
                json.string("StopSignal"),
                json.number("StopTimeout"),
                json.stringOrStrings("Shell"),
                json.string("Image"),
                json.string("MacAddress"),
                json.bool("NetworkDisabled"));
    }

    /** The configuration as an image's JSON has it: what is empty is left out. */
    public Map<String, Object> toTree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        put(tree, "Hostname", hostname);
        put(tree, "Domainname", domainname);
        put(tree, "User", user);
        put(tree, "AttachStdin", attachStdin);
        put(tree, "AttachStdout", attachStdout);
        put(tree, "AttachStderr", attachStderr);
        put(tree, "ExposedPorts", exposedPorts.isEmpty() ? Map.of() : set(exposedPorts));
        put(tree, "Tty", tty);
        put(tree, "OpenStdin", openStdin);
        put(tree, "StdinOnce", stdinOnce);
        put(tree, "Env", env);
        put(tree, "Cmd", cmd);
        healthcheck.ifPresent(check -> tree.put("Healthcheck", check.toTree()));
        put(tree, "ArgsEscaped", argsEscaped);
        put(tree, "Image", image);
        put(tree, "Volumes", volumes.isEmpty() ? Map.of() : set(volumes));
        put(tree, "WorkingDir", workingDir);
        put(tree, "Entrypoint", entrypoint);
        put(tree, "NetworkDisabled", networkDisabled);
        put(tree, "MacAddress", macAddress);
        put(tree, "OnBuild", onBuild);
        put(tree, "Labels", labels);
        put(tree, "StopSignal", stopSignal);
        stopTimeoutSeconds.ifPresent(seconds -> tree.put("StopTimeout", seconds));
        put(tree, "Shell", shell);
        return tree;
    }

    private static void put(Map<String, Object> tree, String name, Object value) {
        boolean empty = switch (value) {
            case String text -> text.isEmpty();
            case Boolean truth -> !truth;
            case List<?> list -> list.isEmpty();
            case Map<?, ?> map -> map.isEmpty();
            default -> false;
        };
        if (!empty) {
            tree.put(name, value);
        }
    }

    private static Map<String, Object> set(List<String> names) {
        Map<String, Object> set = new LinkedHashMap<>();
        names.forEach(name -> set.put(name, Map.of()));
        return set;
    }
}
