package dev.berth.build.run;

import dev.berth.build.BuildException;
import dev.berth.build.dockerfile.CommandLine;
import dev.berth.build.dockerfile.Variables;
import dev.berth.image.oci.ContainerConfig;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An image's configuration while instructions change it, one after the other. */
final class Settings {
    private static final List<String> SHELL = List.of("/bin/sh", "-c");

    private final ContainerConfig config;

    Settings(ContainerConfig config) {
        this.config = config;
    }

    ContainerConfig config() {
        return config;
    }

    /** A command's words: text is for the shell. */
    List<String> words(CommandLine command) {
        return switch (command) {
            case CommandLine.Exec exec -> exec.words();
            case CommandLine.Shell shell -> inShell(shell.script());
            case CommandLine.Script script -> inShell(script.document().stripped());
        };
    }

    /** What runs a command that is given as text. */
    List<String> inShell(String script) {
        List<String> words = new ArrayList<>(config.shell().isEmpty() ? SHELL : config.shell());
        words.add(script);
        return words;
    }

    String workingDir() {
        return config.workingDir().isEmpty() ? "/" : config.workingDir();
    }

    Settings withEnv(String name, String value) {
        List<String> all = new ArrayList<>(config.env());
        String entry = name + "=" + value;
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).startsWith(name + "=")) {
                all.set(i, entry);
                return with("Env", all);
            }
        }
        all.add(entry);
        return with("Env", all);
    }

    /** With a PATH, where there is none: Docker gives one to each stage, which the image keeps. */
    Settings withDefaultPath() {
        return config.env().stream().anyMatch(entry -> entry.startsWith("PATH="))
                ? this
                : withEnv("PATH", Variables.DEFAULT_PATH);
    }

    Settings withLabel(String name, String value) {
        Map<String, String> labels = new TreeMap<>(config.labels());
        labels.put(name, value);
        return with("Labels", labels);
    }

    Settings withVolume(String path) {
        return with("Volumes", names(config.volumes(), path));
    }

    Settings withPort(String port) {
        return with("ExposedPorts", names(config.exposedPorts(), port));
    }

    Settings withTrigger(String instruction) {
        List<String> triggers = new ArrayList<>(config.onBuild());
        triggers.add(instruction);
        return with("OnBuild", triggers);
    }

    /** A command that was given as text needs a shell that is still the same when it runs. */
    Settings withCmd(List<String> words) {
        return with("Cmd", words);
    }

    /** Without a command of its own, as the base's was meant for another entrypoint. */
    Settings withEntrypoint(List<String> words, boolean keepCmd) {
        Settings changed = with("Entrypoint", words);
        return keepCmd ? changed : changed.with("Cmd", List.of());
    }

    private static Map<String, Object> names(List<String> before, String more) {
        Map<String, Object> names = new TreeMap<>();
        before.forEach(name -> names.put(name, Map.of()));
        names.put(more, Map.of());
        return names;
    }

    /** With another value of a member of the configuration, by the name that it has in JSON. */
    Settings with(String member, Object value) {
        Map<String, Object> tree = new LinkedHashMap<>(config.toTree());
        tree.put(member, value);
        try {
            return new Settings(ContainerConfig.read(JsonObject.parse(JsonObject.write(tree), "configuration")));
        } catch (ImageException e) {
            throw BuildException.invalid(String.valueOf(e.getMessage()));
        }
    }
}
