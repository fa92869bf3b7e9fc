package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.output.Output;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Where a build's result goes, of {@code --output}, {@code --push} and {@code --load} together: into the daemon's store where
 * nothing is said.
 *
 * @param all without doubles
 * @param tags names that an image has wherever it goes
 */
record BuildOutputs(List<Output> all, List<String> tags) {
    BuildOutputs {
        all = List.copyOf(all);
        tags = List.copyOf(tags);
    }

    /** @throws CliException for what makes no sense, and what cannot be done */
    static BuildOutputs of(Flags flags) {
        Set<Output> all = new LinkedHashSet<>();
        flags.list("output").forEach(text -> all.add(Output.parse(text)));
        boolean stored = all.stream().anyMatch(Output.Store.class::isInstance);
        if (flags.has("push") || !stored && (flags.has("load") || all.isEmpty())) {
            all.add(new Output.Store(List.of(), flags.has("push")));
        }
        BuildOutputs outputs = new BuildOutputs(new ArrayList<>(all), flags.list("tag"));
        outputs.check();
        return outputs;
    }

    private void check() {
        if (all.stream().filter(Output::isStandardOutput).count() > 1) {
            throw new CliException("multiple outputs to standard output: only one can have it");
        }
        if (isPushed() && names().isEmpty()) {
            throw new CliException("tag is needed when pushing to registry: name the image with --tag");
        }
    }

    /** Whether the image is to be one of the daemon's. */
    boolean isKept() {
        return all.stream().anyMatch(Output.Store.class::isInstance);
    }

    boolean isPushed() {
        return all.stream().anyMatch(output -> output instanceof Output.Store store && store.push());
    }

    boolean isStandardOutputTaken() {
        return all.stream().anyMatch(Output::isStandardOutput);
    }

    /** The names that the image gets in the daemon's store; none where it is not kept there. */
    List<String> names() {
        Set<String> names = new LinkedHashSet<>();
        for (Output output : all) {
            if (output instanceof Output.Store store) {
                names.addAll(tags);
                names.addAll(store.names());
            }
        }
        return List.copyOf(names);
    }
}
