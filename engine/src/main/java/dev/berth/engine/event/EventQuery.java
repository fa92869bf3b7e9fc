package dev.berth.engine.event;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which events.
 *
 * @param since from when on remembered events are told; empty for new ones only, or all where {@code until} is given
 * @param until when to end; empty for never
 * @param filters by name: {@code type}, {@code event}, {@code container}, {@code image}, {@code label}, {@code daemon}…;
 *     an event passes when it fits one value of each
 */
public record EventQuery(Optional<Instant> since, Optional<Instant> until, Map<String, List<String>> filters) {
    public static final EventQuery NEW = new EventQuery(Optional.empty(), Optional.empty(), Map.of());
}
