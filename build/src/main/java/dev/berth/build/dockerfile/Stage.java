package dev.berth.build.dockerfile;

import dev.berth.build.dockerfile.Instruction.From;
import java.util.List;
import java.util.Optional;

/**
 * A stage: an image that comes to be upon another.
 *
 * @param index its number in the file, from 0
 * @param instructions those behind its FROM
 */
public record Stage(int index, From from, List<Instruction> instructions) {
    public Stage {
        instructions = List.copyOf(instructions);
    }

    /** In small letters. */
    public Optional<String> name() {
        return from.stage();
    }

    /** Its base, variables not filled in: {@link GlobalVariables#base}. */
    public String base() {
        return from.base();
    }

    /** Its platform, variables not filled in: {@link GlobalVariables#platform}. */
    public Optional<String> platform() {
        return from.platform();
    }

    /** The lines of its FROM. */
    public Location location() {
        return from.location();
    }

    /** What a comment right above its FROM says of it; empty for nothing. */
    public String description() {
        return name().map(name -> Comments.description(from.origin().comments(), name))
                .orElse("");
    }
}
