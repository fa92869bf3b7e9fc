package dev.berth.junit;

import dev.berth.embedded.BerthException;
import dev.berth.embedded.Container;
import java.io.Serial;
import java.util.Arrays;
import java.util.List;

/** What a container was at when a test failed: its state and its last lines, suppressed in the test's failure. */
public final class ContainerReport extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    /** Lines of each container that a failure tells. */
    private static final int LAST_LINES = 50;

    private ContainerReport(String message) {
        super(message, null, false, false); // where it was made says nothing
    }

    /** Attaches a report of each to a failure that has none of it. */
    static void attach(Throwable failure, List<ContainerFixture> fixtures) {
        List<String> told = Arrays.stream(failure.getSuppressed())
                .filter(ContainerReport.class::isInstance)
                .map(Throwable::getMessage)
                .toList();
        for (ContainerFixture fixture : fixtures) {
            fixture.running()
                    .map(container -> text(fixture.label(), container))
                    .filter(text -> !told.contains(text))
                    .ifPresent(text -> failure.addSuppressed(new ContainerReport(text)));
        }
    }

    static String text(String label, Container container) {
        try {
            List<String> lines = container.lastLines(LAST_LINES);
            return label + ", " + container + ", is " + container.state()
                    + (lines.isEmpty()
                            ? "; it has printed nothing"
                            : "; its last lines were:\n  " + String.join("\n  ", lines));
        } catch (BerthException e) {
            return label + ", " + container + ": its last lines could not be read: " + e.getMessage();
        }
    }
}
