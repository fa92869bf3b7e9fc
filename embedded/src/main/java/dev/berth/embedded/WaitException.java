package dev.berth.embedded;

import java.io.Serial;
import java.util.List;

/** What was waited for did not come true. The message ends with the last lines that the container has printed. */
public final class WaitException extends BerthException {
    @Serial
    private static final long serialVersionUID = 1;

    private final transient ContainerState state;
    private final transient List<String> lastLines;

    WaitException(String message, ContainerState state, List<String> lastLines) {
        super(Kind.TIMEOUT, message + report(lastLines));
        this.state = state;
        this.lastLines = List.copyOf(lastLines);
    }

    /** The container's state when the waiting ended. */
    public ContainerState state() {
        return state;
    }

    /** What the container has printed last, at most fifty lines. */
    public List<String> lastLines() {
        return lastLines;
    }

    private static String report(List<String> lines) {
        return lines.isEmpty() ? "; it has printed nothing" : "; its last lines were:\n  " + String.join("\n  ", lines);
    }
}
