package dev.berth.build.dockerfile;

import dev.berth.build.dockerfile.Instruction.Arg;
import dev.berth.build.dockerfile.Instruction.Run;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a build of a stage can be given, by lines of the file. What several stages have of one name is the nearest one's.
 *
 * @param name the stage's; empty where it has none
 * @param description what the comment above its FROM says of it; empty for nothing
 * @param secrets which its RUNs have mounted
 * @param agents SSH agents that its RUNs have mounted
 */
public record Outline(
        String name, String description, List<Parameter> arguments, List<Need> secrets, List<Need> agents) {
    public Outline {
        arguments = List.copyOf(arguments);
        secrets = List.copyOf(secrets);
        agents = List.copyOf(agents);
    }

    /**
     * An argument.
     *
     * @param description what a comment right above says of it; empty for nothing
     * @param value what it has in this build; empty for none
     */
    public record Parameter(String name, String description, String value, Location location) {}

    /** What a RUN has mounted, by its ID, and whether it fails without. */
    public record Need(String name, boolean required, Location location) {}

    /**
     * Looks through what the target needs.
     *
     * @throws DockerfileException where it cannot be built
     */
    public static Outline of(Dockerfile file, CheckContext context) {
        return new Walk(file, context).outline();
    }

    /** The stages on their way to the target. */
    private static final class Walk {
        private final Dockerfile file;
        private final CheckContext context;
        private final GlobalVariables globals;
        private final StageGraph graph;
        private final Map<Integer, Variables> variables = new HashMap<>();
        /** By the names of their arguments, as the last ARG before all stages has it. */
        private final Map<String, Parameter> declared = new HashMap<>();
        /** Which other arguments a default of these is made of. */
        private final Map<String, Set<String>> madeOf = new HashMap<>();

        Walk(Dockerfile file, CheckContext context) {
            this.file = file;
            this.context = context;
            this.globals = GlobalVariables.of(file, context.given(), context.platforms(), context.target());
            this.graph = new StageGraph(file, globals);
        }

        Outline outline() {
            Stage target = context.target()
                    .map(name -> Checks.target(file, name))
                    .orElse(file.stages().getLast());
            file.globalArguments().forEach(this::declare);
            Map<Integer, Found> byStage = new HashMap<>();
            for (int index : graph.needed(List.of(target))) {
                byStage.put(index, look(file.stages().get(index)));
            }
            Found all = new Found();
            for (int stage : nearestFirst(target, new LinkedHashSet<>())) {
                all.add(byStage.getOrDefault(stage, new Found()));
            }
            all.inherited.forEach(key -> takeGlobal(key, all));
            return new Outline(
                    target.name().orElse(""),
                    target.description(),
                    all.arguments.values().stream()
                            .sorted(Comparator.comparing(Parameter::location))
                            .toList(),
                    byLines(all.secrets),
                    byLines(all.agents));
        }

        private static List<Need> byLines(Map<String, Need> needs) {
            return needs.values().stream()
                    .sorted(Comparator.comparing(Need::location))
                    .toList();
        }

        private void declare(Arg arg) {
            for (Argument argument : arg.arguments()) {
                String key = argument.key();
                declared.put(
                        key,
                        new Parameter(
                                key, argument.description(), globals.get(key).orElse(""), arg.location()));
                Optional<String> expanded =
                        argument.value().filter(_ -> context.given().get(key).isEmpty());
                expanded.ifPresent(text ->
                        madeOf.computeIfAbsent(key, _ -> new HashSet<>()).addAll(globals.used(text)));
            }
        }

        private void takeGlobal(String key, Found all) {
            Parameter parameter = declared.get(key);
            if (parameter != null && all.arguments.putIfAbsent(key, parameter) == null) {
                madeOf.getOrDefault(key, Set.of()).forEach(other -> takeGlobal(other, all));
            }
        }

        private Set<Integer> nearestFirst(Stage stage, Set<Integer> seen) {
            if (seen.add(stage.index())) {
                graph.base(stage, globals).ifPresent(base -> nearestFirst(base, seen));
                graph.parts(stage).forEach(part -> nearestFirst(part, seen));
            }
            return seen;
        }

        /** What a stage has; those that it is built upon have been looked at before. */
        private Found look(Stage stage) {
            Found found = new Found();
            found.inherited.addAll(globals.baseExpansion(stage).used());
            globals.platformExpansion(stage).ifPresent(expansion -> found.inherited.addAll(expansion.used()));
            Optional<Variables> below =
                    graph.base(stage, globals).map(Stage::index).map(variables::get);
            List<Instruction> instructions = new ArrayList<>();
            Variables own;
            if (below.isPresent()) {
                own = below.get().next();
            } else {
                CheckContext.Base base = context.base(file, stage, globals);
                own = globals.upon(base.environment());
                base.triggers().forEach(trigger -> instructions.add(file.trigger(trigger, stage)));
            }
            instructions.addAll(stage.instructions());
            for (Instruction written : instructions) {
                take(written, own.apply(written), found);
            }
            variables.put(stage.index(), own);
            return found;
        }

        private void take(Instruction written, Instruction applied, Found found) {
            if (written instanceof Arg before && applied instanceof Arg after) {
                for (int i = 0; i < before.arguments().size(); i++) {
                    take(before.arguments().get(i), after.arguments().get(i), after.location(), found);
                }
            } else if (applied instanceof Run run) {
                run.mounts().forEach(mount -> found.take(mount.read(), run.location()));
            }
        }

        /** One that nobody gives and that has no default is the one before all stages, where there is one. */
        private void take(Argument written, Argument applied, Location location, Found found) {
            String key = written.key();
            boolean ofItsOwn =
                    written.value().isPresent() || context.given().get(key).isPresent();
            if (ofItsOwn || globals.get(key).isEmpty()) {
                found.arguments.put(
                        key,
                        new Parameter(
                                key, written.description(), applied.value().orElse(""), location));
            } else {
                found.inherited.add(key);
            }
        }
    }

    /** What stages have. */
    private static final class Found {
        private final Map<String, Parameter> arguments = new LinkedHashMap<>();
        /** Arguments from before all stages. */
        private final Set<String> inherited = new LinkedHashSet<>();

        private final Map<String, Need> secrets = new LinkedHashMap<>();
        private final Map<String, Need> agents = new LinkedHashMap<>();

        void take(RunMount mount, Location location) {
            switch (mount) {
                case RunMount.Secret secret ->
                    secrets.putIfAbsent(secret.id(), new Need(secret.id(), secret.required(), location));
                case RunMount.Ssh ssh -> agents.putIfAbsent(ssh.id(), new Need(ssh.id(), ssh.required(), location));
                default -> {}
            }
        }

        /** Adds what is not there yet. */
        void add(Found further) {
            further.arguments.forEach(arguments::putIfAbsent);
            inherited.addAll(further.inherited);
            further.secrets.forEach(secrets::putIfAbsent);
            further.agents.forEach(agents::putIfAbsent);
        }
    }
}
