package dev.berth.build.run;

import dev.berth.build.BuildException;
import dev.berth.build.Limits;
import dev.berth.build.dockerfile.CommandLine;
import dev.berth.build.dockerfile.ExposedPorts;
import dev.berth.build.dockerfile.HealthProbe;
import dev.berth.build.dockerfile.Instruction;
import dev.berth.build.dockerfile.Stage;
import dev.berth.build.dockerfile.Variables;
import dev.berth.engine.container.Signals;
import dev.berth.engine.error.EngineException;
import dev.berth.image.oci.History;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One stage on its way: its instructions, one after the other. For one thread. */
final class StageRun {
    private final Build build;
    private final Stage stage;
    private final OrderedLog.Part log;
    private final FileSteps files;
    private final Variables variables;
    private StepState state;
    private int step;
    /** Whether the stage has a command of its own: an entrypoint takes away that of the base. */
    private boolean ownCmd;

    /** @param base what it is built upon, and the variables there */
    StageRun(Build build, Stage stage, OrderedLog.Part log, StageResult base, int step) {
        this.build = build;
        this.stage = stage;
        this.log = log;
        this.files = new FileSteps(build, stage.index(), log);
        this.variables = base.variables();
        this.state = base.state();
        this.step = step;
    }

    StageResult run() throws IOException, InterruptedException {
        List<String> triggers = state.settings().config().onBuild();
        if (triggers.size() > Limits.INSTRUCTIONS) {
            throw BuildException.invalid("the base has " + triggers.size() + " ONBUILD triggers; at most "
                    + Limits.INSTRUCTIONS + " are executed");
        }
        if (!triggers.isEmpty()) {
            log.print("# Executing " + triggers.size()
                    + (triggers.size() == 1 ? " build trigger\n" : " build triggers\n"));
            state = new StepState(
                    state.image(),
                    state.settings().with("OnBuild", List.of()),
                    state.history(),
                    state.key(),
                    state.platform(),
                    state.author());
            log.steps().more(triggers.size());
            for (String trigger : triggers) {
                placed(build.dockerfile().trigger(trigger, stage));
            }
        }
        for (Instruction instruction : stage.instructions()) {
            step++;
            log.print("Step " + step + "/" + build.steps() + " : " + instruction.text() + "\n");
            placed(instruction);
            log.print(" ---> " + state.shortKey() + "\n");
        }
        return new StageResult(state, variables);
    }

    /** What fails, fails at the instruction's place. */
    private void placed(Instruction instruction) throws IOException, InterruptedException {
        try {
            apply(instruction);
        } catch (BuildException e) {
            throw build.failedAt(instruction, e);
        }
    }

    private void apply(Instruction written) throws IOException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        Instruction instruction = variables.apply(written);
        Settings settings = state.settings();
        log.steps().begin(instruction);
        switch (instruction) {
            case Instruction.Run run -> state = files.run(state, run, variables);
            case Instruction.Copy copy -> state = files.copy(state, copy);
            case Instruction.Add add -> state = files.add(state, add);
            case Instruction.Workdir workdir -> state = files.workdir(state, workdir);
            case Instruction.Env env ->
                configure(
                        settings.withEnv(env.variables()),
                        instruction,
                        env.variables().toString());
            case Instruction.Arg arg -> note(arg); // no part of the image, and known by those that use it
            case Instruction.Label label -> {
                Map<String, String> labels = new LinkedHashMap<>();
                label.labels().forEach(pair -> labels.put(pair.key(), pair.value()));
                configure(
                        settings.withLabels(labels), instruction, label.labels().toString());
            }
            case Instruction.Expose expose ->
                configure(
                        settings.withPorts(ExposedPorts.of(expose.ports())),
                        instruction,
                        expose.ports().toString());
            case Instruction.Volume volume ->
                configure(
                        settings.withVolumes(volume.paths()),
                        instruction,
                        volume.paths().toString());
            case Instruction.User user -> configure(settings.with("User", user.user()), instruction, user.user());
            case Instruction.StopSignal stop ->
                configure(settings.with("StopSignal", signal(stop.signal())), instruction, stop.signal());
            case Instruction.Shell shell ->
                configure(
                        settings.with("Shell", shell.words()),
                        instruction,
                        shell.words().toString());
            case Instruction.Cmd cmd -> {
                ownCmd = true;
                List<String> words = settings.words(cmd.command());
                configure(settings.withCmd(words), instruction, words.toString());
            }
            case Instruction.Entrypoint entrypoint -> {
                List<String> words = settings.words(entrypoint.command());
                configure(settings.withEntrypoint(words, ownCmd), instruction, words.toString());
            }
            case Instruction.Healthcheck health -> {
                Map<String, Object> tree =
                        health.check().map(check -> tree(check)).orElse(Map.of("Test", List.of("NONE")));
                configure(settings.with("Healthcheck", tree), instruction, tree.toString());
            }
            case Instruction.OnBuild trigger ->
                configure(settings.withTrigger(trigger.expression()), instruction, trigger.expression());
            case Instruction.Maintainer maintainer -> {
                configure(settings, instruction, maintainer.maintainer());
                state = state.by(maintainer.maintainer());
            }
            case Instruction.From _ -> throw new IllegalStateException("a stage within a stage");
        }
        log.steps().done();
    }

    private static String signal(String text) {
        try {
            Signals.parse(text);
            return text;
        } catch (EngineException e) {
            throw BuildException.invalid(String.valueOf(e.getMessage()));
        }
    }

    private void configure(Settings changed, Instruction instruction, String values) {
        state = state.configured(
                changed, instruction.name() + "\0" + values, build.images().history(description(instruction), true));
    }

    private void note(Instruction instruction) {
        List<History> longer = new ArrayList<>(state.history());
        longer.add(build.images().history(description(instruction), true));
        state = new StepState(state.image(), state.settings(), longer, state.key(), state.platform(), state.author());
    }

    /** As the history shows it. */
    static String description(Instruction instruction) {
        String text = instruction.text().strip();
        int name = instruction.origin().keyword().length();
        return text.length() < name ? text : text.substring(0, name).toUpperCase(Locale.ROOT) + text.substring(name);
    }

    private static Map<String, Object> tree(HealthProbe check) {
        Map<String, Object> tree = new LinkedHashMap<>();
        List<String> test = new ArrayList<>();
        switch (check.command()) {
            case CommandLine.Exec exec -> {
                test.add("CMD");
                test.addAll(exec.words());
            }
            case CommandLine.Shell shell -> {
                test.add("CMD-SHELL");
                test.add(shell.script());
            }
            case CommandLine.Script script -> {
                test.add("CMD-SHELL");
                test.add(script.document().stripped());
            }
        }
        tree.put("Test", test);
        tree.put("Interval", check.interval().toNanos());
        tree.put("Timeout", check.timeout().toNanos());
        tree.put("StartPeriod", check.startPeriod().toNanos());
        tree.put("StartInterval", check.startInterval().toNanos());
        tree.put("Retries", (long) check.retries());
        return tree;
    }
}
