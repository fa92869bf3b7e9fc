package dev.berth.cli.build;

import dev.berth.cli.json.Tree;
import dev.berth.cli.text.Human;
import dev.berth.cli.text.TransferDisplay;
import java.io.PrintStream;

/** What Docker's builder prints, as it comes. */
final class PlainProgress extends BuildProgress {
    private final PrintStream out;
    private final TransferDisplay display;

    PlainProgress(PrintStream out) {
        this.out = out;
        this.display = new TransferDisplay(out, false, false);
    }

    @Override
    void sent(long bytes) {
        if (bytes > 0) {
            out.println("Sending build context to Berth daemon  " + Human.size4(bytes));
        }
    }

    @Override
    void event(Tree event, String line) {
        if (event.get("error").isMissing()) {
            display.show(event);
        }
    }
}
