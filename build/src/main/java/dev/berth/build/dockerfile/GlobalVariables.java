package dev.berth.build.dockerfile;

import dev.berth.build.dockerfile.Instruction.Arg;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Platform;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The variables outside of all stages: the platforms', and the ARGs before the first FROM. Only FROMs see them; a stage has to
 * declare those that it wants.
 */
public final class GlobalVariables {
    private final Dockerfile file;
    private final BuildArguments given;
    private final Map<String, String> values;
    private final Set<String> declared = new LinkedHashSet<>();

    private GlobalVariables(Dockerfile file, BuildArguments given, Map<String, String> values) {
        this.file = file;
        this.given = given;
        this.values = values;
    }

    /**
     * Their values in a build.
     *
     * @param target the stage that is asked for, for {@code TARGETSTAGE}; nothing for the last one
     * @throws DockerfileException when a default cannot be expanded
     */
    public static GlobalVariables of(
            Dockerfile file, BuildArguments given, BuildPlatforms platforms, Optional<String> target) {
        Map<String, String> values = new LinkedHashMap<>(platforms.variables());
        values.put(
                "TARGETSTAGE", target.or(() -> file.stages().getLast().name()).orElse("default"));
        values.replaceAll((key, value) -> given.get(key).orElse(value));
        GlobalVariables variables = new GlobalVariables(file, given, values);
        for (Arg arg : file.globalArguments()) {
            variables.declare(arg);
        }
        return variables;
    }

    private void declare(Arg arg) {
        Effort effort = new Effort();
        try {
            for (Argument argument : arg.arguments()) {
                declared.add(argument.key());
                Optional<String> value = given.get(argument.key())
                        .or(() -> argument.value()
                                .map(text -> expansion()
                                        .expand(text, this::get, effort)
                                        .text()));
                value.ifPresent(set -> values.put(argument.key(), set));
            }
            Variables.checkSize(values);
        } catch (LanguageException e) {
            throw file.error(arg.location(), e.reason());
        }
    }

    /**
     * The image, stage or {@code scratch} that a stage is built upon.
     *
     * @throws DockerfileException when nothing is left of it
     */
    public String base(Stage stage) {
        String base = baseExpansion(stage).text();
        if (base.isEmpty()) {
            throw file.error(stage.location(), "base name (" + stage.base() + ") should not be blank");
        }
        return base;
    }

    Expansion.Result baseExpansion(Stage stage) {
        return expand(stage.base(), stage.location());
    }

    /**
     * The platform that a stage's FROM asks for.
     *
     * @throws DockerfileException when it is none
     */
    public Optional<Platform> platform(Stage stage) {
        return platformExpansion(stage).map(expansion -> platform(stage, expansion));
    }

    private Platform platform(Stage stage, Expansion.Result expansion) {
        String expression = stage.platform().orElse("");
        if (expansion.text().isEmpty()) {
            throw file.error(
                    stage.location(), suggesting("empty platform value from expression " + expression, expansion));
        }
        try {
            return Platform.parse(expansion.text());
        } catch (ImageException e) {
            throw file.error(
                    stage.location(),
                    suggesting("failed to parse platform " + expression + ": " + e.getMessage(), expansion));
        }
    }

    private String suggesting(String message, Expansion.Result expansion) {
        return expansion.missing().stream()
                .map(name -> Suggestion.append(message, name, values.keySet()))
                .filter(text -> !text.equals(message))
                .findFirst()
                .orElse(message);
    }

    Optional<Expansion.Result> platformExpansion(Stage stage) {
        return stage.platform().map(text -> expand(text, stage.location()));
    }

    private Expansion.Result expand(String text, Location location) {
        try {
            return expansion().expand(text, this::get);
        } catch (LanguageException e) {
            throw file.error(location, e.reason());
        }
    }

    private Expansion expansion() {
        return Expansion.of(file.directives().escape());
    }

    /** A variable's value here. */
    public Optional<String> get(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /** Which of the variables a text is made of. */
    Set<String> used(String text) {
        return expansion().expand(text, this::get).used();
    }

    /** All that can be asked for, with or without a value. */
    Set<String> known() {
        Set<String> known = new LinkedHashSet<>(values.keySet());
        known.addAll(declared);
        return known;
    }

    BuildArguments given() {
        return given;
    }

    Dockerfile file() {
        return file;
    }

    /**
     * The variables at the beginning of a stage that is built upon an image.
     *
     * @param environment the image's, each {@code NAME=value}; where it has no {@code PATH}, the usual one is added
     */
    public Variables upon(List<String> environment) {
        return Variables.upon(this, environment);
    }
}
