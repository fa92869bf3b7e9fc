package dev.berth.engine.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns what JSON left out into what it means. Elements and values that are null are left out as well. */
final class Absent {
    private Absent() {}

    static String text(@Nullable String text) {
        return text == null ? "" : text;
    }

    static String text(@Nullable String text, String fallback) {
        return text == null || text.isEmpty() ? fallback : text;
    }

    static <T> List<T> list(@Nullable List<T> list) {
        if (list == null || list.isEmpty()) {
            return List.of();
        }
        List<T> copy = new ArrayList<>(list);
        copy.removeIf(Objects::isNull);
        return Collections.unmodifiableList(copy);
    }

    @SuppressWarnings({"OptionalAssignedToNull", "NullableOptional"}) // what a JSON null becomes is the reader's choice
    static <T> Optional<T> optional(@Nullable Optional<T> optional) {
        return optional == null ? Optional.empty() : optional;
    }

    static OptionalInt number(@Nullable OptionalInt number) {
        return number == null ? OptionalInt.empty() : number;
    }

    static OptionalLong number(@Nullable OptionalLong number) {
        return number == null ? OptionalLong.empty() : number;
    }

    static Set<String> set(@Nullable Set<String> set) {
        return set == null || set.isEmpty() ? Set.of() : Collections.unmodifiableSet(new LinkedHashSet<>(set));
    }

    static <T> Map<String, T> map(@Nullable Map<String, T> map) {
        if (map == null || map.isEmpty()) {
            return Map.of();
        }
        Map<String, T> copy = new LinkedHashMap<>(map);
        copy.values().removeIf(Objects::isNull);
        return Collections.unmodifiableMap(copy);
    }
}
