package dev.berth.network.port;

import java.util.Optional;

/** Ports from one to another, both included. */
public record PortRange(int first, int last) {
    /** Any free port that nobody chooses by number. */
    public static final PortRange ANY = new PortRange(0, 0);

    public static final int PORT_MAX = 65_535;

    public PortRange {
        if (first < 0 || last < first || last > PORT_MAX) {
            throw new IllegalArgumentException("no ports: " + first + "-" + last);
        }
    }

    public static PortRange of(int port) {
        return new PortRange(port, port);
    }

    /** {@code 8080}, {@code 8000-8010}; nothing or 0 is any. Nothing where it is none of these. */
    public static Optional<PortRange> parse(String text) {
        if (text.isEmpty()) {
            return Optional.of(ANY);
        }
        String[] ends = text.split("-", -1);
        if (ends.length > 2 || !isPort(ends[0]) || !isPort(ends[ends.length - 1])) {
            return Optional.empty();
        }
        int first = Integer.parseInt(ends[0]);
        int last = Integer.parseInt(ends[ends.length - 1]);
        boolean halfOpen = first == 0 && last != 0;
        return last < first || halfOpen ? Optional.empty() : Optional.of(new PortRange(first, last));
    }

    private static boolean isPort(String text) {
        return text.matches("\\d{1,5}") && Integer.parseInt(text) <= PORT_MAX;
    }

    public boolean isAny() {
        return last == 0;
    }

    public boolean isOne() {
        return first == last && !isAny();
    }

    public int size() {
        return last - first + 1;
    }

    @Override
    public String toString() {
        return first == last ? String.valueOf(first) : first + "-" + last;
    }
}
