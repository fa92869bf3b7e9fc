package dev.berth.api.view;

import java.time.Duration;

/** Durations in the words that {@code docker ps} shows. */
final class HumanTime {
    private static final long MINUTE = 60;
    private static final long HOUR = 60 * MINUTE;
    private static final long YEAR = 365 * 24 * HOUR;

    private HumanTime() {}

    static String of(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        long hours = Math.round(seconds / (double) HOUR);
        if (seconds < 1) {
            return "Less than a second";
        }
        if (seconds < MINUTE) {
            return seconds == 1 ? "1 second" : seconds + " seconds";
        }
        if (seconds < HOUR) {
            long minutes = seconds / MINUTE;
            return minutes == 1 ? "About a minute" : minutes + " minutes";
        }
        if (hours == 1) {
            return "About an hour";
        }
        if (hours < 48) {
            return hours + " hours";
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
}
