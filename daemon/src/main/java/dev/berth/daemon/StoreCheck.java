package dev.berth.daemon;

import dev.berth.engine.Engine;
import dev.berth.engine.error.EngineException;
import dev.berth.image.ImageOptions;
import dev.berth.image.check.Finding;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Verifies a data root that no engine has open: {@code berth daemon --check}. */
final class StoreCheck {
    private StoreCheck() {}

    /**
     * Prints a line for each finding.
     *
     * @throws DaemonException where there are any, or where it could not be done
     */
    static void run(DaemonOptions options, PrintStream out) {
        List<Finding> findings = new ArrayList<>();
        try {
            Engine.check(options.dataRoot(), ImageOptions.DEFAULT, options.repair(), finding -> {
                findings.add(finding);
                out.println(finding.line());
            });
        } catch (EngineException | IOException e) {
            throw new DaemonException("checking " + options.dataRoot() + " failed: " + e.getMessage(), e);
        }
        if (!findings.isEmpty()) {
            long left = findings.stream()
                    .filter(finding -> finding.outcome() != Finding.Outcome.REPAIRED)
                    .count();
            throw new DaemonException(
                    findings.size() + " findings in " + options.dataRoot() + ", of which " + left + " are left");
        }
        out.println("nothing found");
    }
}
