package dev.berth.cli.flag;

import dev.berth.cli.CliException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What a command line says: flags by their names, and the arguments that are none. */
public final class Flags {
    private final Map<String, List<String>> values = new LinkedHashMap<>();
    private final List<String> arguments = new ArrayList<>();

    private Flags() {}

    /**
     * Reads a command line by pflag's rules.
     *
     * @param interspersed whether flags may follow arguments; for commands that run another, they end at the first
     * @throws CliException for what is not known or lacks its value
     */
    public static Flags parse(List<Flag> known, List<String> words, boolean interspersed) {
        Flags flags = new Flags();
        Parser parser = new Parser(known, words, flags);
        parser.run(interspersed);
        return flags;
    }

    private static final class Parser {
        private final Map<String, Flag> byName = new LinkedHashMap<>();
        private final List<String> words;
        private final Flags result;
        private int at;

        Parser(List<Flag> known, List<String> words, Flags result) {
            this.words = words;
            this.result = result;
            for (Flag flag : known) {
                byName.put("--" + flag.name(), flag);
                if (!flag.shorthand().isEmpty()) {
                    byName.put("-" + flag.shorthand(), flag);
                }
            }
        }

        void run(boolean interspersed) {
            while (at < words.size()) {
                String word = words.get(at++);
                if (word.equals("--")) {
                    break;
                } else if (word.startsWith("--")) {
                    longFlag(word);
                } else if (word.startsWith("-") && word.length() > 1) {
                    shortFlags(word);
                } else {
                    result.arguments.add(word);
                    if (!interspersed) {
                        break;
                    }
                }
            }
            result.arguments.addAll(words.subList(at, words.size()));
        }

        private void longFlag(String word) {
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            Flag flag = byName.get(name);
            if (flag == null) {
                throw new CliException("unknown flag: " + name);
            }
            if (equals >= 0) {
                put(flag, word.substring(equals + 1));
            } else {
                put(flag, flag.kind() == Flag.Kind.SWITCH ? "true" : next(name));
            }
        }

        private void shortFlags(String word) {
            for (int i = 1; i < word.length(); i++) {
                Flag flag = byName.get("-" + word.charAt(i));
                if (flag == null) {
                    throw new CliException("unknown shorthand flag: '" + word.charAt(i) + "' in " + word);
                }
                String rest = word.substring(i + 1);
                if (flag.kind() != Flag.Kind.SWITCH) {
                    String value = rest.startsWith("=") ? rest.substring(1) : rest;
                    put(flag, rest.isEmpty() ? next("'" + word.charAt(i) + "' in " + word) : value);
                    return;
                }
                if (rest.startsWith("=")) {
                    put(flag, rest.substring(1));
                    return;
                }
                put(flag, "true");
            }
        }

        private String next(String name) {
            if (at == words.size()) {
                throw new CliException("flag needs an argument: " + name);
            }
            return words.get(at++);
        }

        private void put(Flag flag, String value) {
            String checked = switch (flag.kind()) {
                case SWITCH -> truth(flag, value);
                case NUMBER -> number(flag, value);
                case FILTER -> filter(flag, value);
                case TEXT, LIST -> value;
            };
            List<String> values = result.values.computeIfAbsent(flag.name(), name -> new ArrayList<>());
            if (flag.kind() != Flag.Kind.LIST && flag.kind() != Flag.Kind.FILTER) {
                values.clear();
            }
            values.add(checked);
        }

        private static String truth(Flag flag, String value) {
            return switch (value) {
                case "1", "t", "T", "true", "TRUE", "True" -> "true";
                case "0", "f", "F", "false", "FALSE", "False" -> "false";
                default -> throw invalid(flag, value, "strconv.ParseBool: parsing \"" + value + "\": invalid syntax");
            };
        }

        private static String number(Flag flag, String value) {
            try {
                return Long.toString(Long.parseLong(value));
            } catch (NumberFormatException e) {
                throw invalid(flag, value, "strconv.ParseInt: parsing \"" + value + "\": invalid syntax");
            }
        }

        private static String filter(Flag flag, String value) {
            if (value.indexOf('=') < 0) {
                throw invalid(flag, value, "bad format of filter (expected name=value)");
            }
            return value;
        }

        private static CliException invalid(Flag flag, String value, String why) {
            String name = (flag.shorthand().isEmpty() ? "" : "-" + flag.shorthand() + ", ") + "--" + flag.name();
            return new CliException("invalid argument \"" + value + "\" for \"" + name + "\" flag: " + why);
        }
    }

    /** What is no flag, in order. */
    public List<String> arguments() {
        return arguments;
    }

    public boolean isSet(String name) {
        return values.containsKey(name);
    }

    /** Whether a switch is on. */
    public boolean has(String name) {
        return list(name).stream().anyMatch("true"::equals);
    }

    public boolean has(String name, boolean fallback) {
        return isSet(name) ? has(name) : fallback;
    }

    public Optional<String> text(String name) {
        return list(name).stream().reduce((first, last) -> last);
    }

    public String text(String name, String fallback) {
        return text(name).orElse(fallback);
    }

    public OptionalLong number(String name) {
        Optional<String> value = text(name);
        return value.isPresent() ? OptionalLong.of(Long.parseLong(value.get())) : OptionalLong.empty();
    }

    public List<String> list(String name) {
        return values.getOrDefault(name, List.of());
    }
}
