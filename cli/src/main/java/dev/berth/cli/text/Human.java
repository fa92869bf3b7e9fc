package dev.berth.cli.text;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.TextStyle;
import java.util.Locale;

/** Sizes and durations as people read them, in Docker's words. */
public final class Human {
    private static final String[] DECIMAL = {"B", "kB", "MB", "GB", "TB", "PB"};
    private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

    private static final long YEAR = 365L * 24 * 3600;

    private Human() {}

    /** Bytes in powers of 1000, with three digits. */
    public static String size(long bytes) {
        return scaled(bytes, 1000, DECIMAL, 3);
    }

    /** Bytes in powers of 1000, with four digits. */
    public static String size4(long bytes) {
        return scaled(bytes, 1000, DECIMAL, 4);
    }

    /** Bytes in powers of 1024, with four digits. */
    public static String binarySize(long bytes) {
        return scaled(bytes, 1024, BINARY, 4);
    }

    private static String scaled(long bytes, int base, String[] units, int digits) {
        double value = bytes;
        int unit = 0;
        while (value >= base && unit < units.length - 1) {
            value /= base;
            unit++;
        }
        String text = String.format(Locale.ROOT, "%." + digits + "g", value);
        if (text.contains("e")) {
            text = Long.toString(Math.round(value));
        }
        if (text.contains(".")) {
            text = text.replaceAll("0+$", "").replaceAll("\\.$", "");
        }
        return text + units[unit];
    }

    /** A point in time in our own zone, as Go writes one: {@code 2026-01-02 03:04:05 +0000 UTC}. */
    public static String time(long epochSecond) {
        var time = Instant.ofEpochSecond(epochSecond).atZone(ZoneId.systemDefault());
        int offset = time.getOffset().getTotalSeconds() / 60;
        String zone = String.format(
                Locale.ROOT, "%s%02d%02d", offset < 0 ? "-" : "+", Math.abs(offset) / 60, Math.abs(offset) % 60);
        String name = time.getZone().getDisplayName(TextStyle.SHORT, Locale.ROOT);
        String shown = offset == 0 ? "UTC" : name;
        return time.toLocalDate() + " "
                + String.format(Locale.ROOT, "%02d:%02d:%02d", time.getHour(), time.getMinute(), time.getSecond())
                + " " + zone + " " + shown;
    }

    /** How long ago something was, in seconds since 1970. */
    public static String ago(long epochSecond) {
        return duration(Duration.between(Instant.ofEpochSecond(epochSecond), Instant.now())) + " ago";
    }

    static String duration(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        long hours = Math.round(seconds / 3600.0);
        if (seconds < 60) {
            return seconds < 1 ? "Less than a second" : seconds == 1 ? "1 second" : seconds + " seconds";
        }
        if (seconds < 3600) {
            return seconds < 120 ? "About a minute" : seconds / 60 + " minutes";
        }
        if (hours < 48) {
            return hours == 1 ? "About an hour" : hours + " hours";
        }
        long days = hours / 24;
        if (days < 14) {
            return days + " days";
        }
        if (days < 60) {
            return days / 7 + " weeks";
        }
        return days < 730 ? days / 30 + " months" : seconds / YEAR + " years";
    }

    /** An ID without its algorithm, at most twelve digits. */
    public static String shortId(String id) {
        String hex = id.startsWith("sha256:") ? id.substring("sha256:".length()) : id;
        return hex.length() > 12 ? hex.substring(0, 12) : hex;
    }

    /** A text of at most so many characters; what is cut ends with an ellipsis. */
    public static String ellipsis(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length - 1) + "…";
    }
}
