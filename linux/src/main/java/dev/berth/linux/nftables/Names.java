package dev.berth.linux.nftables;

import java.util.regex.Pattern;

/** What tables, chains and sets may be called: what nft(8) can read back. */
final class Names {
    private static final Pattern VALID = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,63}");

    private Names() {}

    /** @throws IllegalArgumentException where it is no such name */
    static String check(String what, String name) {
        if (!isValid(name)) {
            throw new IllegalArgumentException("the name of an nftables " + what
                    + " has 1 to 64 letters, digits, dots, hyphens or underscores and "
                    + "begins with a letter, which \"" + name + "\" does not");
        }
        return name;
    }

    static boolean isValid(String name) {
        return VALID.matcher(name).matches();
    }
}
