package dev.berth.daemon;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/** Writes lines to standard error; {@code java.util.logging} would cost more at the start than all it could add. */
final class StderrLog implements System.Logger {
    private final Level least;

    StderrLog(Level least) {
        this.least = least;
    }

    @Override
    public String getName() {
        return "berth";
    }

    @Override
    public boolean isLoggable(Level level) {
        return level.getSeverity() >= least.getSeverity();
    }

    @Override
    public void log(Level level, @Nullable ResourceBundle bundle, String message, @Nullable Throwable thrown) {
        if (!isLoggable(level)) {
            return;
        }
        StringBuilder line = new StringBuilder()
                .append(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                .append(' ')
                .append(level)
                .append(' ')
                .append(message);
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            line.append(": ")
                    .append(cause.getMessage() == null ? cause.getClass().getName() : cause.getMessage());
        }
        System.err.println(line);
        if (thrown != null && least.getSeverity() <= Level.DEBUG.getSeverity()) {
            thrown.printStackTrace(System.err);
        }
    }

    @Override
    public void log(Level level, @Nullable ResourceBundle bundle, String format, @Nullable Object... parameters) {
        log(level, bundle, format, (Throwable) null);
    }
}
