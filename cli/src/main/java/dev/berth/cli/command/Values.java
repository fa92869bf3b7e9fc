package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.json.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Values of flags: sizes, durations, maps, files of variables. */
final class Values {
    private static final int USAGE = 125;
    private static final Pattern SIZE = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)\\s*([kmgtpKMGTP]?)i?[bB]?");
    private static final Pattern DURATION = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ns|us|µs|ms|s|m|h)");

    private Values() {}

    static CliException invalid(String value, String flag, String why) {
        return new CliException(USAGE, "invalid argument \"" + value + "\" for \"--" + flag + "\" flag: " + why);
    }

    /** What makes no sense beyond its own syntax, in the words and with the exit code of Docker's {@code run}. */
    static CliException refused(String why) {
        return new CliException(USAGE, "berth: " + why + "\n\nRun 'berth run --help' for more information");
    }

    /** Bytes: {@code 64m} is 64 MiB. */
    static long bytes(String text, String flag) {
        Matcher size = SIZE.matcher(text.strip());
        if (!size.matches()) {
            throw invalid(text, flag, "invalid size: '" + text + "'");
        }
        int power = size.group(2).isEmpty() ? 0 : "kmgtp".indexOf(size.group(2).toLowerCase(Locale.ROOT)) + 1;
        BigDecimal bytes = new BigDecimal(size.group(1)).multiply(BigDecimal.valueOf(1L << (10 * power)));
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw invalid(text, flag, "invalid size: '" + text + "' is too large");
        }
        return bytes.longValue();
    }

    /** Billionths of a processor. */
    static long nanoCpus(String text) {
        try {
            return new BigDecimal(text).movePointRight(9).longValueExact();
        } catch (NumberFormatException | ArithmeticException e) {
            throw invalid(text, "cpus", "failed to parse " + text + " as a rational number");
        }
    }

    /** Nanoseconds: {@code 1m30s}. */
    static long nanos(String text, String flag) {
        Matcher part = DURATION.matcher(text);
        double total = 0;
        int end = 0;
        while (part.find() && part.start() == end) {
            double unit = switch (part.group(2)) {
                case "ns" -> 1;
                case "us", "µs" -> 1e3;
                case "ms" -> 1e6;
                case "s" -> 1e9;
                case "m" -> 60e9;
                default -> 3600e9;
            };
            total += Double.parseDouble(part.group(1)) * unit;
            end = part.end();
        }
        if (end != text.length() || text.isEmpty()) {
            throw invalid(text, flag, "time: invalid duration \"" + text + "\"");
        }
        return (long) total;
    }

    /** {@code on-failure:3}. */
    static Map<String, @Nullable Object> restartPolicy(String text) {
        int colon = text.indexOf(':');
        try {
            return Json.of(
                    "Name", colon < 0 ? text : text.substring(0, colon),
                    "MaximumRetryCount", colon < 0 ? 0 : Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw refused("invalid restart policy format: maximum retry count must be an integer");
        }
    }

    /** {@code name=value}; a name alone has an empty value. */
    static Map<String, String> map(List<String> texts) {
        Map<String, String> map = new LinkedHashMap<>();
        for (String text : texts) {
            int equals = text.indexOf('=');
            map.put(equals < 0 ? text : text.substring(0, equals), equals < 0 ? "" : text.substring(equals + 1));
        }
        return map;
    }

    /** Lines of files, without those that are empty or comments. */
    static List<String> lines(List<String> files) {
        List<String> lines = new ArrayList<>();
        for (String file : files) {
            try {
                for (String line : Files.readAllLines(Path.of(file))) {
                    if (!line.isBlank() && !line.stripLeading().startsWith("#")) {
                        lines.add(line.stripLeading());
                    }
                }
            } catch (IOException e) {
                throw new CliException(USAGE, "berth: open " + file + ": no such file or directory");
            }
        }
        return lines;
    }

    /** Lines of files that define something: no name has white space. */
    static List<String> definitions(List<String> files, String kind, String what) {
        List<String> all = new ArrayList<>();
        for (String file : files) {
            for (String line : lines(List.of(file))) {
                String name = line.split("=", 2)[0];
                if (name.chars().anyMatch(Character::isWhitespace)) {
                    throw refused(
                            "invalid " + kind + " (" + file + "): " + what + " '" + name + "' contains whitespaces");
                }
                all.add(line);
            }
        }
        return all;
    }

    /** Variables; one without a value has ours, and is left out where we have none. */
    static List<String> environment(List<String> files, List<String> given) {
        List<String> all = new ArrayList<>(definitions(files, "env file", "variable"));
        all.addAll(given);
        List<String> variables = new ArrayList<>();
        for (String variable : all) {
            if (variable.indexOf('=') >= 0) {
                variables.add(variable);
            } else {
                String own = System.getenv(variable);
                if (own != null) {
                    variables.add(variable + "=" + own);
                }
            }
        }
        return variables;
    }
}
