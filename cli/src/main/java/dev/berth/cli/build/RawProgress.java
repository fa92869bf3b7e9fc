package dev.berth.cli.build;

import dev.berth.cli.json.Tree;
import java.io.PrintStream;

/** The daemon's own lines, for programs. */
final class RawProgress extends BuildProgress {
    private final PrintStream out;

    RawProgress(PrintStream out) {
        this.out = out;
    }

    @Override
    void event(Tree event, String line) {
        out.println(line);
    }
}
