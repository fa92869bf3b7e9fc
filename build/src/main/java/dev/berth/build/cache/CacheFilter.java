package dev.berth.build.cache;

import dev.berth.engine.config.PointInTime;
import dev.berth.engine.error.EngineException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Which entries of the build cache are meant. */
public final class CacheFilter {
    /** Those of which nothing is said. */
    public static final CacheFilter ALL = new CacheFilter(_ -> true, Optional.empty());

    private static final Pattern CONDITION = Pattern.compile("([a-z]+)(?:(==|!=|~=)(.*))?");
    private static final Set<String> FLAGS = Set.of("inuse", "shared", "private", "mutable", "immutable");

    private final Predicate<CacheEntry> meant;
    private final Optional<Instant> before;

    private CacheFilter(Predicate<CacheEntry> meant, Optional<Instant> before) {
        this.meant = meant;
        this.before = before;
    }

    /**
     * As Docker's API has it.
     *
     * @param filters {@code until} and {@code unused-for} (times or durations), {@code id} (the start of one), {@code type},
     *     {@code description}, {@code parent}, {@code inuse}, {@code shared}, {@code private}
     * @throws EngineException INVALID for one that does not exist or has a malformed value
     */
    public static CacheFilter of(Map<String, List<String>> filters) {
        Predicate<CacheEntry> meant = _ -> true;
        Optional<Instant> before = Optional.empty();
        for (Map.Entry<String, List<String>> filter : filters.entrySet()) {
            String name = filter.getKey();
            switch (name) {
                case "until", "unused-for" -> {
                    for (String value : filter.getValue()) {
                        Instant time = PointInTime.parse(name, value);
                        before = before.filter(time::isAfter).or(() -> Optional.of(time));
                    }
                }
                case "id" -> meant = meant.and(any(filter.getValue(), (entry, value) -> isId(entry, value)));
                case "type", "description", "parent" ->
                    meant = meant.and(any(filter.getValue(), (entry, value) -> value.equals(text(entry, name))));
                case "inuse", "shared", "private" -> {
                    List<Boolean> wanted = filter.getValue().stream()
                            .map(value -> isTrue(name, value))
                            .toList();
                    meant = meant.and(entry -> wanted.contains(has(entry, name)));
                }
                default -> throw EngineException.invalid("invalid filter '" + name + "'");
            }
        }
        return new CacheFilter(meant, before);
    }

    private interface Condition {
        boolean holds(CacheEntry entry, String value);
    }

    private static Predicate<CacheEntry> any(List<String> values, Condition condition) {
        return entry -> values.stream().anyMatch(value -> condition.holds(entry, value));
    }

    private static boolean isId(CacheEntry entry, String value) {
        return !value.isEmpty() && (entry.id().startsWith(value) || value.startsWith(entry.id()));
    }

    private static boolean isTrue(String name, String value) {
        return switch (value) {
            case "", "1", "true" -> true;
            case "0", "false" -> false;
            default -> throw EngineException.invalid("invalid filter '" + name + "=" + value + "'");
        };
    }

    /**
     * As BuildKit's clients write it: an entry is meant that one of the expressions is true of, with all its conditions.
     *
     * @param expressions {@code type==exec.cachemount}, {@code id~=abc,shared}
     * @throws EngineException INVALID for a malformed one
     */
    public static CacheFilter parse(List<String> expressions) {
        List<Predicate<CacheEntry>> any = new ArrayList<>();
        for (String expression : expressions) {
            Predicate<CacheEntry> all = _ -> true;
            for (String condition : expression.split(",", -1)) {
                all = all.and(condition(condition.strip()));
            }
            any.add(all);
        }
        return any.isEmpty()
                ? ALL
                : new CacheFilter(entry -> any.stream().anyMatch(each -> each.test(entry)), Optional.empty());
    }

    private static Predicate<CacheEntry> condition(String text) {
        Matcher parts = CONDITION.matcher(text);
        if (!parts.matches()) {
            throw EngineException.invalid("invalid filter of the build cache: " + text);
        }
        String name = parts.group(1);
        String value = unquoted(parts.group(3));
        if (FLAGS.contains(name)) {
            return flag(name, parts.group(2), value);
        }
        requireText(name);
        return switch (parts.group(2)) {
            case "==" -> entry -> value.equals(text(entry, name));
            case "!=" -> entry -> !value.equals(text(entry, name));
            case "~=" -> {
                Pattern pattern = pattern(value);
                yield entry -> pattern.matcher(text(entry, name)).find();
            }
            case null, default -> entry -> !text(entry, name).isEmpty();
        };
    }

    private static Predicate<CacheEntry> flag(String name, @Nullable String operator, String value) {
        boolean wanted = (operator == null || isTrue(name, value)) != "!=".equals(operator);
        return entry -> has(entry, name) == wanted;
    }

    private static Pattern pattern(String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw EngineException.invalid("invalid pattern in a filter of the build cache: " + text);
        }
    }

    private static String unquoted(@Nullable String value) {
        String text = value == null ? "" : value;
        boolean quoted = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
        return quoted ? text.substring(1, text.length() - 1) : text;
    }

    private static void requireText(String name) {
        if (!Set.of("id", "type", "description", "parent", "parents").contains(name)) {
            throw EngineException.invalid("invalid filter '" + name + "'");
        }
    }

    private static String text(CacheEntry entry, String name) {
        return switch (name) {
            case "id" -> entry.id();
            case "type" -> entry.type().word();
            case "description" -> entry.description();
            default -> ""; // no entry says what it was made upon
        };
    }

    private static boolean has(CacheEntry entry, String name) {
        return switch (name) {
            case "inuse" -> entry.inUse();
            case "shared" -> entry.shared();
            case "private" -> !entry.shared();
            case "mutable" -> entry.type() == CacheEntry.Type.MOUNT;
            default -> entry.type() != CacheEntry.Type.MOUNT;
        };
    }

    /** The same of what was not used after a time. */
    public CacheFilter before(Instant time) {
        return new CacheFilter(meant, before.filter(time::isAfter).or(() -> Optional.of(time)));
    }

    public boolean means(CacheEntry entry) {
        return meant.test(entry) && before.map(entry.lastUsed()::isBefore).orElse(true);
    }
}
