package dev.berth.engine.spec;

import dev.berth.engine.error.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.regex.Pattern;

/** Sets of processors or memory nodes as the kernel writes them: {@code 0-2,4}. */
final class NumberSet {
    private static final Pattern LIST = Pattern.compile("(\\d{1,5}(-\\d{1,5})?)(,\\d{1,5}(-\\d{1,5})?)*");

    private NumberSet() {}

    /**
     * Checks a set against the host's.
     *
     * @param what the limit's name, for errors
     * @param members what the numbers stand for, for errors
     * @param there the kernel's file with those that there are; where it is missing, the kernel decides later
     * @throws EngineException INVALID for what is no set, or has members that are not there
     */
    static void check(String text, String what, String members, Path there) {
        if (text.isEmpty()) {
            return;
        }
        if (!LIST.matcher(text).matches()) {
            throw EngineException.invalid("Invalid value " + text + " for " + what + ": invalid format: " + text);
        }
        String available;
        try {
            available = Files.readString(there).strip();
        } catch (IOException e) {
            return;
        }
        BitSet missing = parse(text);
        missing.andNot(LIST.matcher(available).matches() ? parse(available) : missing);
        if (!missing.isEmpty()) {
            throw EngineException.invalid(
                    "Requested " + members + " are not available - requested " + text + ", available: " + available);
        }
    }

    private static BitSet parse(String text) {
        BitSet set = new BitSet();
        for (String range : text.split(",", -1)) {
            String[] ends = range.split("-", -1);
            int first = Integer.parseInt(ends[0]);
            int last = Integer.parseInt(ends[ends.length - 1]);
            if (last < first) {
                throw EngineException.invalid(
                        "Invalid value " + text + ": the range " + range + " ends before it begins");
            }
            set.set(first, last + 1);
        }
        return set;
    }
}
