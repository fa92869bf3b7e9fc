package dev.berth.build.dockerfile;

import dev.berth.build.dockerfile.Instruction.Copy;
import dev.berth.build.dockerfile.Instruction.Run;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which stages of a file are made of which others: as BuildKit has it, a base is a stage before, by its name; what files are
 * taken of may come later in the file. Numbers are stages for {@code COPY --from} alone.
 */
public final class StageGraph {
    private final Dockerfile file;
    /** What each stage is made of, all by their numbers. */
    private final Map<Integer, Set<Integer>> parts = new TreeMap<>();

    /** @throws DockerfileException where a stage is made of itself, or of a number that there is not */
    public StageGraph(Dockerfile file, GlobalVariables globals) {
        this.file = file;
        for (Stage stage : file.stages()) {
            Set<Integer> others = new LinkedHashSet<>();
            base(stage, globals).ifPresent(other -> others.add(other.index()));
            stage.instructions()
                    .forEach(instruction -> sources(instruction).forEach(other -> others.add(other.index())));
            parts.put(stage.index(), others);
        }
        circle().ifPresent(stage -> {
            throw file.error(
                    stage.location(),
                    "circular dependency detected on stage: " + stage.name().orElse("stage-" + stage.index()));
        });
    }

    /** The stage that another one is built upon; nothing for an image. */
    public Optional<Stage> base(Stage stage, GlobalVariables globals) {
        return file.stageBefore(stage, globals.base(stage));
    }

    private List<Stage> sources(Instruction instruction) {
        return switch (instruction) {
            case Copy copy -> copied(copy).stream().toList();
            case Run run ->
                run.mounts().stream()
                        .flatMap(mount -> mount.from().flatMap(this::mounted).stream())
                        .toList();
            default -> List.of();
        };
    }

    /**
     * The stage that a COPY takes from; nothing for an image and for the context.
     *
     * @throws DockerfileException for a number that there is not
     */
    public Optional<Stage> copied(Copy copy) {
        Optional<Stage> stage = copy.from().flatMap(file::stage);
        copy.from().filter(name -> stage.isEmpty() && name.matches("\\d+")).ifPresent(number -> {
            throw file.error(copy.location(), "invalid from flag value " + number + ": index out of bounds");
        });
        return stage;
    }

    /** The stage that a mount's {@code from} means; nothing for an image. */
    public Optional<Stage> mounted(String from) {
        return file.stageNamed(from);
    }

    /** The stages that one is made of: its base, and those that it takes files of. */
    List<Stage> parts(Stage stage) {
        return parts.getOrDefault(stage.index(), Set.of()).stream()
                .map(file.stages()::get)
                .toList();
    }

    /** These stages and all that they are made of, by their numbers. */
    public SortedSet<Integer> needed(Collection<Stage> targets) {
        SortedSet<Integer> needed = new TreeSet<>();
        Deque<Integer> open = new ArrayDeque<>();
        targets.forEach(target -> open.add(target.index()));
        while (!open.isEmpty()) {
            int stage = open.remove();
            if (needed.add(stage)) {
                open.addAll(parts.getOrDefault(stage, Set.of()));
            }
        }
        return needed;
    }

    /** A stage that is made of itself, if there is one: it is among what is left when all that are whole are taken away. */
    private Optional<Stage> circle() {
        Set<Integer> left = new TreeSet<>(parts.keySet());
        while (left.removeIf(
                stage -> parts.getOrDefault(stage, Set.of()).stream().noneMatch(left::contains))) {
            // again: those that were made of these may be whole now
        }
        return left.stream()
                .map(file.stages()::get)
                .filter(this::isMadeOfItself)
                .findFirst();
    }

    private boolean isMadeOfItself(Stage stage) {
        return needed(parts.getOrDefault(stage.index(), Set.of()).stream()
                        .map(file.stages()::get)
                        .toList())
                .contains(stage.index());
    }
}
