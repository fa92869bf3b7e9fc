package dev.berth.build.run;

import dev.berth.build.BuildException;
import dev.berth.build.Limits;
import dev.berth.build.dockerfile.CommandLine;
import dev.berth.build.dockerfile.Pair;
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

    /** All at once: the configuration is made anew for each change. */
    Settings withEnv(List<Pair> variables) {
        Map<String, String> all = new LinkedHashMap<>();
        config.env().forEach(entry -> all.put(name(entry), entry));
        variables.forEach(pair -> all.put(pair.key(), pair.key() + "=" + pair.value()));
        return with("Env", List.copyOf(all.values()));
    }

    private static String name(String entry) {
        int equals = entry.indexOf('=');
        return equals < 0 ? entry : entry.substring(0, equals);
    }

    /** With a PATH, where there is none: Docker gives one to each stage, which the image keeps. */
    Settings withDefaultPath() {
        return config.env().stream().anyMatch(entry -> entry.startsWith("PATH="))
                ? this
                : withEnv(List.of(new Pair("PATH", Variables.DEFAULT_PATH, false)));
    }

    Settings withLabels(Map<String, String> more) {
        Map<String, String> labels = new TreeMap<>(config.labels());
        labels.putAll(more);
        return with("Labels", labels);
    }

    Settings withVolumes(List<String> paths) {
        return with("Volumes", names(config.volumes(), paths));
    }

    Settings withPorts(List<String> ports) {
        return with("ExposedPorts", names(config.exposedPorts(), ports));
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

    private static Map<String, Object> names(List<String> before, List<String> more) {
        Map<String, Object> names = new TreeMap<>();
        before.forEach(name -> names.put(name, Map.of()));
        more.forEach(name -> names.put(name, Map.of()));
        return names;
    }

    /**
     * With another value of a member of the configuration, by the name that it has in JSON.
     *
     * @throws BuildException INVALID where it becomes larger than an image's may be
     */
    Settings with(String member, Object value) {
        Map<String, Object> tree = new LinkedHashMap<>(config.toTree());
        tree.put(member, value);
        byte[] json = JsonObject.write(tree);
        if (json.length > Limits.SETTINGS_BYTES) {
            throw BuildException.invalid("the image's settings become larger than " + Limits.SETTINGS_BYTES
                    + " bytes with this: environment, labels, ports and volumes together");
        }
        try {
            return new Settings(ContainerConfig.read(JsonObject.parse(json, "configuration")));
        } catch (ImageException e) {
            throw BuildException.invalid(String.valueOf(e.getMessage()));
        }
    }
}
