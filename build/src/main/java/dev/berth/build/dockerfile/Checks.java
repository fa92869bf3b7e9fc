package dev.berth.build.dockerfile;

import dev.berth.build.dockerfile.Instruction.Copy;
import dev.berth.build.dockerfile.Instruction.Run;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Looks for what is doubtful in a Dockerfile: the rules are in {@link CheckRule}. */
public final class Checks {
    private final Dockerfile file;
    private final CheckContext context;
    private final Findings findings;
    /** What the stages that were looked at have left to those upon them, by their numbers. */
    private final Map<Integer, StageChecks> done = new HashMap<>();

    private Checks(Dockerfile file, CheckContext context, Findings findings) {
        this.file = file;
        this.context = context;
        this.findings = findings;
    }

    /**
     * Looks through a file.
     *
     * @throws DockerfileException when it asks for checks that there are not
     */
    public static CheckReport of(Dockerfile file, CheckContext context) {
        CheckOptions options = CheckOptions.of(file, context.given());
        Findings findings = new Findings(options);
        Optional<DockerfileException> error = Optional.empty();
        try {
            new Checks(file, context, findings).run();
        } catch (DockerfileException e) {
            error = Optional.of(e);
        }
        return new CheckReport(findings.sorted(), options.failing(), error);
    }

    private void run() {
        new StyleChecks(file, findings).run();
        GlobalVariables globals = GlobalVariables.of(file, context.given(), context.platforms(), context.target());
        new FromChecks(file, globals, context.platforms(), findings).run();
        Set<Integer> needed = needed(globals);
        for (Stage stage : file.stages()) {
            if (needed.contains(stage.index())) {
                look(stage, globals);
            }
        }
    }

    private void look(Stage stage, GlobalVariables globals) {
        String base = globals.base(stage);
        Optional<StageChecks> below =
                file.stageBefore(stage, base).map(Stage::index).map(done::get);
        StageChecks checks;
        List<Instruction> instructions = new ArrayList<>();
        if (below.isPresent()) {
            checks = below.get().next();
            below.get().triggers().forEach(trigger -> instructions.add(file.trigger(trigger, stage)));
        } else {
            CheckContext.Base image = context.bases().base(base, globals.platform(stage));
            checks = new StageChecks(globals.upon(image.environment()), image.hasShell(), context.ignored(), findings);
            image.triggers().forEach(trigger -> instructions.add(file.trigger(trigger, stage)));
        }
        instructions.addAll(stage.instructions());
        instructions.forEach(checks::look);
        done.put(stage.index(), checks);
    }

    private Set<Integer> needed(GlobalVariables globals) {
        Set<Integer> needed = new TreeSet<>();
        Deque<Stage> open = new ArrayDeque<>();
        if (context.everyStage()) {
            open.addAll(file.stages());
        } else {
            open.add(context.target().map(this::target).orElse(file.stages().getLast()));
        }
        while (!open.isEmpty()) {
            Stage stage = open.remove();
            if (needed.add(stage.index())) {
                file.stageBefore(stage, globals.base(stage)).ifPresent(open::add);
                for (Instruction instruction : stage.instructions()) {
                    sources(instruction).forEach(name -> file.stage(name).ifPresent(open::add));
                }
            }
        }
        return needed;
    }

    private Stage target(String name) {
        return file.stage(name)
                .orElseThrow(() -> file.error(
                        file.stages().getLast().location(),
                        "target stage " + Text.quote(name) + " could not be found"));
    }

    private static List<String> sources(Instruction instruction) {
        return switch (instruction) {
            case Copy copy -> copy.from().stream().toList();
            case Run run ->
                run.mounts().stream().flatMap(mount -> mount.from().stream()).toList();
            default -> List.of();
        };
    }
}
