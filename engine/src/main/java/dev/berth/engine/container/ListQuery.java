package dev.berth.engine.container;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Which containers.
 *
 * @param all whether those that do not run count
 * @param limit so many of the youngest, running or not
 * @param filters by Docker's names ({@code id}, {@code name}, {@code label}, {@code status}, {@code ancestor}…); a
 *     container passes when it fits one value of each, and all of {@code label}
 */
public record ListQuery(boolean all, OptionalInt limit, Map<String, List<String>> filters) {
    public static final ListQuery ALL = new ListQuery(true, OptionalInt.empty(), Map.of());
    public static final ListQuery RUNNING = new ListQuery(false, OptionalInt.empty(), Map.of());
}
