package dev.berth.embedded;

import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/** Tells of what a daemon would tell for information only to those who debug: in a test's output it has no place. */
final class QuietLog implements System.Logger {
    private final System.Logger target;

    QuietLog(System.Logger target) {
        this.target = target;
    }

    @Override
    public String getName() {
        return target.getName();
    }

    @Override
    public boolean isLoggable(Level level) {
        return target.isLoggable(quiet(level));
    }

    @Override
    public void log(Level level, @Nullable ResourceBundle bundle, String message, @Nullable Throwable thrown) {
        target.log(quiet(level), bundle, message, thrown);
    }

    @Override
    public void log(Level level, @Nullable ResourceBundle bundle, String format, @Nullable Object... parameters) {
        target.log(quiet(level), bundle, format, parameters);
    }

    private static Level quiet(Level level) {
        return level == Level.INFO ? Level.DEBUG : level;
    }
}
