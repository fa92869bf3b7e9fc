package dev.berth.cli.command;

import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import java.io.IOException;
import java.util.List;

/**
 * A verb.
 *
 * @param usage behind {@code berth}: {@code run [OPTIONS] IMAGE [COMMAND] [ARG...]}
 * @param help one sentence
 * @param least how many arguments it needs
 * @param most how many it takes; -1 for any number
 * @param interspersed whether flags may follow arguments
 */
public record Command(
        String usage, String help, int least, int most, boolean interspersed, List<Flag> flags, Action action) {

    /** What it does; gives the exit code. */
    @FunctionalInterface
    public interface Action {
        int run(Context context, Flags flags) throws IOException;
    }

    static Command of(String usage, String help, int least, int most, List<Flag> flags, Action action) {
        return new Command(usage, help, least, most, true, flags, action);
    }
}
