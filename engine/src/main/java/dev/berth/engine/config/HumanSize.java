package dev.berth.engine.config;

import java.util.Locale;

/** Sizes as people write them, read as Docker reads them, with its words, in an IllegalArgumentException, for those that are none. */
public final class HumanSize {
    private static final String UNITS = "kmgtp";

    private HumanSize() {}

    /** Powers of a thousand: {@code 10k} is 10,000. */
    public static long decimal(String text) {
        return parse(text, 1_000);
    }

    /** Powers of 1,024: {@code 10k} is 10,240. */
    public static long binary(String text) {
        return parse(text, 1_024);
    }

    private static long parse(String text, int base) {
        int last = text.length() - 1;
        while (last >= 0 && "0123456789. ".indexOf(text.charAt(last)) < 0) {
            last--;
        }
        if (last < 0) {
            throw new IllegalArgumentException("invalid size: '" + text + "'");
        }
        String number = text.substring(0, text.charAt(last) == ' ' ? last : last + 1);
        String suffix = text.substring(last + 1).toLowerCase(Locale.ROOT);
        double size;
        try {
            size = number.isBlank() || !number.equals(number.strip()) ? Double.NaN : Double.parseDouble(number);
        } catch (NumberFormatException e) {
            size = Double.NaN;
        }
        if (Double.isNaN(size) || size < 0) {
            throw new IllegalArgumentException("invalid size: '" + text + "'");
        }
        if (suffix.isEmpty() || suffix.equals("b")) {
            return (long) size;
        }
        int power = UNITS.indexOf(suffix.charAt(0)) + 1;
        String rest = suffix.substring(1);
        if (power == 0 || !(rest.isEmpty() || rest.equals("b") || rest.equals("ib"))) {
            throw new IllegalArgumentException("invalid size: '" + text + "'");
        }
        return (long) (size * Math.pow(base, power));
    }
}
