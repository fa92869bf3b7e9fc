package dev.berth.build.dockerfile;

import dev.berth.build.dockerfile.Instruction.Arg;
import dev.berth.image.oci.Platform;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Looks for what is doubtful in a Dockerfile: the rules are in {@link CheckRule}. */
public final class Checks {
    private final Dockerfile file;
    private final CheckContext context;
    private final Findings findings;
    /** What the stages that were looked at have left to those upon them, by their numbers. */
    private final Map<Integer, StageChecks> done = new HashMap<>();
    /** What ARGs of these declare. */
    private final Set<String> taken = new HashSet<>();

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
        List<String> unused = List.of();
        try {
            Checks checks = new Checks(file, context, findings);
            checks.run();
            unused = context.given().unused(checks.taken);
        } catch (DockerfileException e) {
            error = Optional.of(e);
        }
        return new CheckReport(findings.sorted(), unused, options.failing(), error);
    }

    private void run() {
        new StyleChecks(file, findings).run();
        file.globalArguments().forEach(this::take);
        GlobalVariables globals = GlobalVariables.of(file, context.given(), context.platforms(), context.target());
        new FromChecks(file, globals, context.platforms(), findings).run();
        for (int index : new StageGraph(file, globals).needed(targets())) {
            look(file.stages().get(index), globals);
        }
    }

    private List<Stage> targets() {
        return context.everyStage()
                ? file.stages()
                : List.of(context.target()
                        .map(name -> target(file, name))
                        .orElse(file.stages().getLast()));
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
            CheckContext.Base image = context.base(file, stage, globals);
            image.platform().ifPresent(actual -> platform(stage, base, globals, actual));
            checks = new StageChecks(globals.upon(image.environment()), image.hasShell(), context.ignored(), findings);
            image.triggers().forEach(trigger -> instructions.add(file.trigger(trigger, stage)));
        }
        instructions.addAll(stage.instructions());
        for (Instruction instruction : instructions) {
            checks.look(instruction);
            take(instruction);
        }
        done.put(stage.index(), checks);
    }

    /** An image that is here need not be for the platform that it is wanted for. One that tells of none is for any. */
    private void platform(Stage stage, String base, GlobalVariables globals, Platform actual) {
        Platform expected = globals.platform(stage).orElse(context.platforms().target());
        boolean told = !actual.os().isEmpty() && !actual.architecture().isEmpty();
        if (told && !expected.accepts(new Platform(actual.os(), actual.architecture(), ""))) {
            findings.add(
                    CheckRule.INVALID_BASE_IMAGE_PLATFORM,
                    stage.from().origin(),
                    "Base image " + base + " was pulled with platform " + Text.quote(actual.toString()) + ", expected "
                            + Text.quote(expected.toString()) + " for current build");
        }
    }

    private void take(Instruction instruction) {
        if (instruction instanceof Arg arg) {
            arg.arguments().forEach(argument -> taken.add(argument.key()));
        }
    }

    /** @throws DockerfileException where there is none of that name or number */
    static Stage target(Dockerfile file, String name) {
        return file.stage(name)
                .orElseThrow(() -> file.error(
                        file.stages().getLast().location(),
                        "target stage " + Text.quote(name) + " could not be found"));
    }
}
