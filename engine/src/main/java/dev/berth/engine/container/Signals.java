package dev.berth.engine.container;

import dev.berth.engine.error.EngineException;
import java.util.List;
import java.util.Locale;

/** Signals by their names and numbers on Linux (signal(7); x86 and ARM number them alike). */
public final class Signals {
    static final int KILL = 9;
    static final int TERM = 15;
    private static final int REAL_TIME_FIRST = 34;
    private static final int LAST = 64;

    /** In the order of their numbers, from 1. */
    private static final List<String> NAMES = List.of(
            "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
            "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
            "WINCH", "IO", "PWR", "SYS");

    private Signals() {}

    /**
     * The number of a signal given by its number or its name, with or without {@code SIG}.
     *
     * @throws EngineException INVALID where there is none
     */
    public static int parse(String text) {
        if (text.matches("\\d{1,3}")) {
            int number = Integer.parseInt(text);
            if (number < 1 || number > LAST) {
                throw unknown(text);
            }
            return number;
        }
        String name = text.toUpperCase(Locale.ROOT);
        name = name.startsWith("SIG") ? name.substring(3) : name;
        int index = NAMES.indexOf(synonym(name));
        return index >= 0 ? index + 1 : realTime(name, text);
    }

    private static String synonym(String name) {
        return switch (name) {
            case "CLD" -> "CHLD";
            case "POLL" -> "IO";
            case "IOT" -> "ABRT";
            default -> name;
        };
    }

    private static int realTime(String name, String text) {
        int number = switch (name) {
            case String first when first.equals("RTMIN") -> REAL_TIME_FIRST;
            case String last when last.equals("RTMAX") -> LAST;
            case String up when up.matches("RTMIN\\+\\d{1,2}") -> REAL_TIME_FIRST + Integer.parseInt(up.substring(6));
            case String down when down.matches("RTMAX-\\d{1,2}") -> LAST - Integer.parseInt(down.substring(6));
            default -> throw unknown(text);
        };
        if (number < REAL_TIME_FIRST || number > LAST) {
            throw unknown(text);
        }
        return number;
    }

    private static EngineException unknown(String text) {
        return EngineException.invalid("invalid signal: " + text);
    }
}
