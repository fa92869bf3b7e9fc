package dev.berth.api.http;

import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * The time as HTTP writes it (RFC 9110, section 5.6.7). Written out here because the JDK's formatters cost more to load
 * than everything else that a first answer needs.
 */
record HttpDate(long epochSecond, String text) {
    private static final String[] DAYS = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    private static final String[] MONTHS = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };

    static HttpDate of(long epochSecond) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(epochSecond, 0, ZoneOffset.UTC);
        String text = DAYS[time.getDayOfWeek().getValue() - 1] + ", " + two(time.getDayOfMonth()) + " "
                + MONTHS[time.getMonthValue() - 1] + " " + time.getYear() + " " + two(time.getHour()) + ":"
                + two(time.getMinute()) + ":" + two(time.getSecond()) + " GMT";
        return new HttpDate(epochSecond, text);
    }

    private static String two(int number) {
        return (number < 10 ? "0" : "") + number;
    }
}
