package dev.berth.cli;

import dev.berth.cli.command.Command;
import dev.berth.cli.command.Commands;
import dev.berth.cli.command.Groups;
import dev.berth.cli.command.Help;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.http.ApiException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The {@code berth} command. */
public final class Main {
    private static final int BUFFER_BYTES = 16 << 10;
    /** What Docker ends with when flags are wrong. */
    private static final int USAGE = 125;

    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;

    /** A command line to be: its streams, which stay open, and its environment. */
    public Main(InputStream in, PrintStream out, PrintStream err, Map<String, String> environment) {
        this.in = in;
        this.out = out;
        this.err = err;
        this.environment = environment;
    }

    public static void main(String[] args) {
        PrintStream out = new PrintStream(
                new java.io.BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER_BYTES),
                false,
                StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        int code = new Main(new FileInputStream(FileDescriptor.in), out, err, System.getenv()).run(List.of(args));
        out.flush();
        // All is closed. An exit would first look for a logger that wants to know of it: a tenth of what a command
        // takes.
        Runtime.getRuntime().halt(code);
    }

    /** Does what the words say; gives the exit code. */
    public int run(List<String> words) {
        Flags global;
        GlobalOptions options;
        try {
            global = Flags.parse(GlobalOptions.FLAGS, words, false);
            options = new GlobalOptions(global, environment);
        } catch (CliException e) {
            return fail(e, "berth [OPTIONS] COMMAND [ARG...]", "berth");
        }
        List<String> rest = global.arguments();
        if (global.has("version")) {
            out.println("Berth version " + Commands.VERSION);
            return 0;
        }
        if (rest.isEmpty() || global.has("help")) {
            out.print(Commands.OVERVIEW);
            return 0;
        }
        if (rest.getFirst().equals("help")) {
            return help(rest.subList(1, rest.size()));
        }
        return runVerb(options, rest);
    }

    private int help(List<String> topic) {
        if (topic.isEmpty()) {
            out.print(Commands.OVERVIEW);
            return 0;
        }
        Optional<Verb> verb = find(topic);
        if (verb.isPresent()) {
            out.print(Help.of(verb.get().name(), verb.get().key(), verb.get().command()));
        } else if (Groups.has(topic.getFirst()) && topic.size() == 1) {
            out.print(Help.ofGroup(topic.getFirst()));
        } else {
            err.println("unknown help topic: " + String.join(" ", topic));
            return 1;
        }
        return 0;
    }

    /**
     * A verb that was found.
     *
     * @param name as it is called: {@code container ls}
     * @param key as {@link Commands#find} knows it
     * @param words how many words its name is
     */
    private record Verb(String name, String key, Command command, int words) {}

    private static Optional<Verb> find(List<String> words) {
        String first = words.getFirst();
        if (!Groups.has(first)) {
            return Commands.find(first).map(command -> new Verb(first, first, command, 1));
        }
        if (words.size() < 2) {
            return Optional.empty();
        }
        return Groups.find(first, words.get(1))
                .flatMap(entry -> Commands.find(entry.key())
                        .map(command -> new Verb(first + " " + entry.name(), entry.key(), command, 2)));
    }

    private int runVerb(GlobalOptions options, List<String> words) {
        Optional<Verb> verb = find(words);
        if (verb.isPresent()) {
            return runCommand(verb.get(), options, words.subList(verb.get().words(), words.size()));
        }
        String group = words.getFirst();
        if (!Groups.has(group)) {
            err.println("berth: unknown command: berth " + group + "\n\nRun 'berth --help' for more information");
            return 1;
        }
        if (words.size() == 1 || List.of("--help", "-h").contains(words.get(1))) {
            out.print(Help.ofGroup(group));
            return 0;
        }
        String unknown = words.get(1);
        boolean flag = unknown.startsWith("-") && unknown.length() > 1;
        String what = unknown.startsWith("--")
                ? "unknown flag: " + unknown
                : "unknown shorthand flag: '" + unknown.substring(1, Math.min(2, unknown.length())) + "' in " + unknown;
        err.println((flag ? what : "berth: unknown command: berth " + group + " " + unknown) + "\n\nUsage:  berth "
                + group + "\n\nRun 'berth " + group + " --help' for more information");
        return flag ? USAGE : 1;
    }

    private int runCommand(Verb verb, GlobalOptions options, List<String> words) {
        Command command = verb.command();
        String name = "berth " + verb.name();
        String usage = "berth " + Help.usage(verb.name(), command);
        try {
            List<Flag> known = new ArrayList<>(command.flags());
            boolean shorthand =
                    known.stream().noneMatch(flag -> flag.shorthand().equals("h"));
            known.add(Flag.flag("help", shorthand ? "h" : "", "Print usage"));
            Flags flags = Flags.parse(known, words, command.interspersed());
            if (flags.has("help")) {
                out.print(Help.of(verb.name(), verb.key(), command));
                return 0;
            }
            check(command, name, usage, flags.arguments().size());
            Context context = new Context(in, out, err, environment, options);
            return command.action().run(context, flags);
        } catch (CliException e) {
            return fail(e, usage, name);
        } catch (ApiException e) {
            out.flush();
            err.println(e.sentence());
        } catch (UncheckedIOException e) {
            return lost(e, options);
        } catch (IOException e) {
            return lost(e, options);
        }
        return 1;
    }

    private static void check(Command command, String name, String usage, int count) {
        int least = command.least();
        int most = command.most();
        if (count >= least && (most < 0 || count <= most)) {
            return;
        }
        boolean atLeast = most < 0;
        String wanted = atLeast
                ? "requires at least " + arguments(least)
                : most == 0
                        ? "accepts no arguments"
                        : least == most
                                ? "requires " + arguments(least)
                                : "requires at least " + least + " and at most " + arguments(most);
        throw new CliException("berth: '" + name + "' " + wanted + "\n\nUsage:  " + usage + "\n\n"
                + (atLeast ? "See" : "Run") + " '" + name + " --help' for more information");
    }

    private static String arguments(int count) {
        return count == 1 ? "1 argument" : count + " arguments";
    }

    private int fail(CliException e, String usage, String name) {
        out.flush();
        String message = String.valueOf(e.getMessage());
        boolean ofFlags = message.startsWith("unknown flag")
                || message.startsWith("unknown shorthand")
                || message.startsWith("flag needs")
                || message.startsWith("invalid argument");
        if (ofFlags) {
            err.println(message + "\n\nUsage:  " + usage + "\n\nRun '" + name + " --help' for more information");
            return USAGE;
        }
        if (!message.isEmpty()) {
            err.println(message);
        }
        return e.exitCode();
    }

    private int lost(Exception e, GlobalOptions options) {
        out.flush();
        err.println("error: " + e.getMessage());
        if (options.debug()) {
            e.printStackTrace(err);
        }
        return 1;
    }
}
