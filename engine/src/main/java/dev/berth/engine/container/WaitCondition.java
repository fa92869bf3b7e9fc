package dev.berth.engine.container;

/** What to wait for. */
public enum WaitCondition {
    /** That it does not run; complete at once where it does not. */
    NOT_RUNNING,
    /** That it ends the next time. */
    NEXT_EXIT,
    /** That it is gone. */
    REMOVED
}
