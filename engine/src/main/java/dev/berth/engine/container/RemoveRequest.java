package dev.berth.engine.container;

/**
 * How to remove a container.
 *
 * @param force whether it is killed where it runs
 * @param volumes whether its anonymous volumes go with it
 */
public record RemoveRequest(boolean force, boolean volumes) {
    public static final RemoveRequest DEFAULT = new RemoveRequest(false, false);
    public static final RemoveRequest FORCE = new RemoveRequest(true, true);
}
