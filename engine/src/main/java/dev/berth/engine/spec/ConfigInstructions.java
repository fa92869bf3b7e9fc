package dev.berth.engine.spec;

import dev.berth.engine.error.EngineException;
import dev.berth.image.oci.ContainerConfig;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Those instructions of a Dockerfile that change an image's configuration alone, as {@code commit --change} and
 * {@code import --change} take them.
 */
public final class ConfigInstructions {
    private static final Pattern WORD = Pattern.compile("(?:[^\\s\"']|\"(?:[^\"\\\\]|\\\\.)*\"|'[^']*')+");
    private static final List<String> SHELL = List.of("/bin/sh", "-c");

    private final Map<String, Object> tree;

    private ConfigInstructions(ContainerConfig config) {
        this.tree = new LinkedHashMap<>(config.toTree());
    }

    /**
     * The configuration after the instructions.
     *
     * @throws EngineException INVALID for what is no such instruction
     */
    public static ContainerConfig apply(ContainerConfig config, List<String> instructions) {
        if (instructions.isEmpty()) {
            return config;
        }
        ConfigInstructions result = new ConfigInstructions(config);
        for (String text : instructions) {
            for (String line : text.split("\n")) {
                if (!line.isBlank()) {
                    result.apply(line.strip());
                }
            }
        }
        try {
            return ContainerConfig.read(JsonObject.parse(JsonObject.write(result.tree), "configuration"));
        } catch (ImageException e) {
            throw EngineException.invalid(String.valueOf(e.getMessage()));
        }
    }

    private void apply(String line) {
        String[] parts = line.split("\\s+", 2);
        String instruction = parts[0].toUpperCase(Locale.ROOT);
        String rest = parts.length > 1 ? parts[1].strip() : "";
        if (rest.isEmpty()) {
            throw EngineException.invalid(instruction + " requires at least one argument");
        }
        switch (instruction) {
            case "CMD" -> tree.put("Cmd", command(rest));
            case "ENTRYPOINT" -> tree.put("Entrypoint", command(rest));
            case "ENV" -> environment(rest);
            case "EXPOSE" ->
                words(rest).forEach(port -> set("ExposedPorts", port.contains("/") ? port : port + "/tcp"));
            case "LABEL" ->
                pairs(rest).forEach((name, value) -> members("Labels").put(name, value));
            case "ONBUILD" -> list("OnBuild").add(rest);
            case "STOPSIGNAL" -> tree.put("StopSignal", rest);
            case "USER" -> tree.put("User", rest);
            case "VOLUME" -> array(rest).orElseGet(() -> words(rest)).forEach(volume -> set("Volumes", volume));
            case "WORKDIR" -> tree.put("WorkingDir", directory(rest));
            default ->
                throw EngineException.invalid(instruction.toLowerCase(Locale.ROOT) + " is not a valid change command");
        }
    }

    private static List<String> command(String text) {
        return array(text).orElseGet(() -> {
            List<String> shell = new ArrayList<>(SHELL);
            shell.add(text);
            return shell;
        });
    }

    /** A JSON array of texts; what is none is another form of the instruction. */
    private static Optional<List<String>> array(String text) {
        if (!text.startsWith("[")) {
            return Optional.empty();
        }
        try {
            byte[] json = ("{\"list\":" + text + "}").getBytes(StandardCharsets.UTF_8);
            return Optional.of(JsonObject.parse(json, "instruction").strings("list"));
        } catch (ImageException e) {
            return Optional.empty();
        }
    }

    private void environment(String text) {
        List<String> variables = list("Env");
        pairs(text).forEach((name, value) -> {
            variables.removeIf(variable -> variable.startsWith(name + "="));
            variables.add(name + "=" + value);
        });
    }

    /** {@code a=b c="d e"}, or of old {@code a b c}: a name, and all that follows. */
    private static Map<String, String> pairs(String text) {
        Map<String, String> pairs = new LinkedHashMap<>();
        List<String> words = words(text);
        if (!words.getFirst().contains("=")) {
            String[] parts = text.split("\\s+", 2);
            if (parts.length < 2) {
                throw EngineException.invalid("a name must have a value: " + text);
            }
            pairs.put(parts[0], unquoted(parts[1]));
            return pairs;
        }
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                throw EngineException.invalid(
                        "Syntax error - can't find = in \"" + word + "\". Must be of the form: name=value");
            }
            pairs.put(word.substring(0, equals), word.substring(equals + 1));
        }
        return pairs;
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(text);
        while (word.find()) {
            words.add(unquoted(word.group()));
        }
        return words;
    }

    private static String unquoted(String text) {
        StringBuilder plain = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && quote != '\'' && i + 1 < text.length()) {
                plain.append(text.charAt(++i));
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            } else if (c == quote) {
                quote = 0;
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }

    private String directory(String text) {
        String directory = unquoted(text);
        Object before = tree.getOrDefault("WorkingDir", "/");
        return directory.startsWith("/")
                ? directory
                : Path.of(String.valueOf(before)).resolve(directory).normalize().toString();
    }

    @SuppressWarnings("unchecked") // it is one of the tree's own
    private List<String> list(String name) {
        List<String> list = new ArrayList<>((List<String>) tree.getOrDefault(name, List.of()));
        tree.put(name, list);
        return list;
    }

    @SuppressWarnings("unchecked") // it is one of the tree's own
    private Map<String, Object> members(String name) {
        Map<String, Object> members = new LinkedHashMap<>((Map<String, Object>) tree.getOrDefault(name, Map.of()));
        tree.put(name, members);
        return members;
    }

    private void set(String name, String member) {
        members(name).put(member, Map.of());
    }
}
