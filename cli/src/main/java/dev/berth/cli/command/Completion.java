package dev.berth.cli.command;

import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flag.Kind;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds what may stand in the place of the last word of a command line. */
final class Completion {
    private final Candidates names;
    /** With what each is for. */
    private final Map<String, String> found = new LinkedHashMap<>();

    private String current = "";
    private String directive = "";

    Completion(Context context) {
        this.names = new Candidates(context);
    }

    /** Prints what was found, a candidate a line. */
    void print(PrintStream out) {
        found.forEach((value, help) -> out.println(help.isEmpty() ? value : value + "\t" + help));
        out.println(":" + directive);
    }

    void run(List<String> words) {
        current = words.getLast();
        List<String> before = words.subList(0, words.size() - 1);
        Line global = new Line(Context.globalFlags(), before, false);
        if (global.pending().isPresent()) {
            value("", global.pending().get(), current, "");
        } else if (global.arguments().isEmpty()) {
            first();
        } else {
            verb(before.subList(global.verbAt(), before.size()));
        }
    }

    /** The verb itself, or a flag before it. */
    private void first() {
        if (current.startsWith("-")) {
            flags(Context.globalFlags(), "");
            return;
        }
        Groups.verbs().forEach(verb -> offerVerb(verb, verb));
        Groups.all().forEach(this::offer);
        offer("help", "Print usage");
    }

    private void verb(List<String> words) {
        String name = words.getFirst();
        if (name.equals("help")) {
            first();
            return;
        }
        if (!Groups.has(name)) {
            command(name, words.subList(1, words.size()));
        } else if (words.size() == 1) {
            Groups.entries(name).forEach(entry -> offerVerb(entry.name(), entry.key()));
        } else {
            Groups.find(name, words.get(1)).ifPresent(entry -> command(entry.key(), words.subList(2, words.size())));
        }
    }

    private void command(String key, List<String> words) {
        Optional<Command> command = Commands.find(key);
        if (command.isEmpty()) {
            directive = "files"; // "daemon", of which this program knows nothing
            return;
        }
        List<Flag> flags = command.get().flags();
        Line line = new Line(flags, words, command.get().interspersed());
        if (line.pending().isPresent()) {
            value(key, line.pending().get(), current, "");
        } else if (line.flagsAreOver()) {
            argument(key, line.arguments());
        } else if (current.startsWith("--") && current.indexOf('=') > 0) {
            String name = current.substring(2, current.indexOf('='));
            flags.stream()
                    .filter(flag -> flag.name().equals(name))
                    .findFirst()
                    .ifPresent(flag -> value(
                            key, flag, current.substring(name.length() + 3), current.substring(0, name.length() + 3)));
        } else if (current.startsWith("-")) {
            flags(flags, key);
        } else {
            argument(key, line.arguments());
        }
    }

    /** What a command line says so far. */
    private static final class Line {
        private final List<String> arguments = new ArrayList<>();
        private Optional<Flag> pending = Optional.empty();
        private boolean over;
        private int verbAt;

        Line(List<Flag> known, List<String> words, boolean interspersed) {
            for (int i = 0; i < words.size(); i++) {
                String word = words.get(i);
                if (over || pending.isEmpty() && !word.startsWith("-")) {
                    verbAt = arguments.isEmpty() ? i : verbAt;
                    arguments.add(word);
                    over |= !interspersed;
                } else if (pending.isPresent()) {
                    pending = Optional.empty();
                } else if (word.equals("--")) {
                    over = true;
                } else {
                    pending = waiting(known, word);
                }
            }
        }

        /** The flag that takes the next word. */
        private static Optional<Flag> waiting(List<Flag> known, String word) {
            if (word.indexOf('=') >= 0) {
                return Optional.empty();
            }
            boolean wide = word.startsWith("--");
            return known.stream()
                    .filter(flag -> flag.kind() != Kind.SWITCH)
                    .filter(flag -> wide
                            ? word.equals("--" + flag.name())
                            : !flag.shorthand().isEmpty() && word.endsWith(flag.shorthand()))
                    .findFirst();
        }

        List<String> arguments() {
            return arguments;
        }

        Optional<Flag> pending() {
            return pending;
        }

        boolean flagsAreOver() {
            return over;
        }

        int verbAt() {
            return verbAt;
        }
    }

    private void flags(List<Flag> flags, String key) {
        for (Flag flag : flags) {
            offer("--" + flag.name(), flag.help().split("\n", 2)[0]);
        }
        if (!key.isEmpty()) {
            offer("--help", "Print usage");
        }
    }

    private void argument(String key, List<String> arguments) {
        Candidates.Place place = Candidates.argument(key, arguments.size());
        offer(place, arguments, "");
    }

    private void value(String key, Flag flag, String typed, String prefix) {
        current = typed;
        offer(Candidates.value(key, flag, typed), List.of(), prefix);
    }

    private void offer(Candidates.Place place, List<String> taken, String prefix) {
        directive = place.directive();
        for (String value : place.fixed()) {
            offer(prefix + value, "", prefix);
        }
        for (String kind : place.kinds()) {
            names.of(kind).forEach((value, help) -> {
                if (!taken.contains(value)) {
                    offer(prefix + value + place.suffix(), help, prefix);
                }
            });
        }
    }

    /** What a verb is for costs the loading of its class: only those that fit are asked. */
    private void offerVerb(String name, String key) {
        if (name.startsWith(current)) {
            offer(name, Help.sentence(key));
        }
    }

    private void offer(String value, String help) {
        offer(value, help, "");
    }

    private void offer(String value, String help, String prefix) {
        if (value.startsWith(prefix + current)) {
            found.put(value, help);
        }
    }
}
