package dev.berth.cli.build;

import dev.berth.cli.json.Tree;
import java.io.PrintStream;

/** Nothing, unless the build fails: then all that the daemon has told in the end. */
final class QuietProgress extends BuildProgress {
    private final PrintStream out;
    private final StringBuilder told = new StringBuilder();

    QuietProgress(PrintStream out) {
        this.out = out;
    }

    @Override
    void event(Tree event, String line) {
        told.append(event.text("stream"));
    }

    @Override
    void end(boolean succeeded) {
        if (!succeeded) {
            out.print(told);
        }
    }
}
