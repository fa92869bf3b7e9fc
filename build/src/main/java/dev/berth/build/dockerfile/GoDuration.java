package dev.berth.build.dockerfile;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Spans of time as Go writes them: {@code 1h15m30.5s}. */
final class GoDuration {
    private static final Pattern PART = Pattern.compile("([0-9]*)(\\.[0-9]*)?([^0-9.]*)");
    private static final BigDecimal MAX = BigDecimal.valueOf(Long.MAX_VALUE);
    private static final int NUMBER_CHARS = 40;
    private static final Map<String, Long> NANOS = Map.of(
            "ns", 1L,
            "us", 1_000L,
            "µs", 1_000L,
            "μs", 1_000L,
            "ms", 1_000_000L,
            "s", 1_000_000_000L,
            "m", 60_000_000_000L,
            "h", 3_600_000_000_000L);

    private GoDuration() {}

    /** @throws LanguageException when it is none, in Go's words */
    static Duration parse(String text) {
        boolean negative = text.startsWith("-");
        String rest = negative || text.startsWith("+") ? text.substring(1) : text;
        if (rest.equals("0")) {
            return Duration.ZERO;
        }
        BigDecimal nanos = BigDecimal.ZERO;
        Matcher part = PART.matcher(rest);
        for (int at = 0; at < rest.length() || at == 0; at = part.end()) {
            if (!part.find(at) || part.start() != at || part.end() == at) {
                throw invalid("invalid", text);
            }
            nanos = nanos.add(nanos(part, text));
        }
        if (nanos.compareTo(MAX) > 0) {
            throw invalid("invalid", text);
        }
        Duration duration =
                Duration.ofNanos(nanos.setScale(0, RoundingMode.DOWN).longValueExact());
        return negative ? duration.negated() : duration;
    }

    private static BigDecimal nanos(Matcher part, String text) {
        String fraction = part.group(2) == null ? "" : part.group(2).substring(1);
        if (part.group(1).isEmpty() && fraction.isEmpty()
                || part.group(1).length() + fraction.length() > NUMBER_CHARS) {
            throw invalid("invalid", text);
        }
        String unit = part.group(3);
        if (unit.isEmpty()) {
            throw invalid("missing unit in", text);
        }
        Long size = NANOS.get(unit);
        if (size == null) {
            throw invalid("unknown unit " + Text.quote(unit) + " in", text);
        }
        return new BigDecimal("0" + part.group(1) + "." + fraction + "0").multiply(BigDecimal.valueOf(size));
    }

    private static LanguageException invalid(String what, String text) {
        return new LanguageException("time: " + what + " duration " + Text.quote(text));
    }
}
