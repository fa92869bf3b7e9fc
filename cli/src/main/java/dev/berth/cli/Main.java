package dev.berth.cli;

import dev.berth.cli.command.Command;
import dev.berth.cli.command.Commands;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.http.ApiException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The {@code berth} command. */
public final class Main {
    private static final int BUFFER_BYTES = 16 << 10;
    private static final int USAGE_OF_RUN = 125;
    private static final List<Flag> GLOBAL = List.of(
            Flag.text("host", "H", "Daemon socket to connect to"),
            Flag.flag("version", "v", "Print version information and quit"),
            Flag.flag("help", "", "Print usage"));

    private final PrintStream out;
    private final PrintStream err;

    private Main(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    public static void main(String[] args) {
        PrintStream out = new PrintStream(
                new java.io.BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER_BYTES),
                false,
                StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        int code = new Main(out, err).run(List.of(args));
        out.flush();
        System.exit(code);
    }

    private int run(List<String> words) {
        Flags global;
        try {
            global = Flags.parse(GLOBAL, words, false);
        } catch (CliException e) {
            return fail(e, "berth");
        }
        List<String> rest = global.arguments();
        if (global.has("version")) {
            out.println("Berth version 0.1.0");
            return 0;
        }
        if (rest.isEmpty() || rest.getFirst().equals("help") || global.has("help")) {
            out.print(Commands.OVERVIEW);
            return 0;
        }
        return runVerb(global, rest);
    }

    private int runVerb(Flags global, List<String> words) {
        String verb = words.getFirst();
        int skip = 1;
        if (List.of("container", "image", "system").contains(verb) && words.size() > 1) {
            Optional<String> inner = Commands.inGroup(verb, words.get(1));
            verb = inner.orElse(verb + " " + words.get(1));
            skip = 2;
        }
        Optional<Command> command = Commands.find(verb);
        if (command.isEmpty()) {
            err.println("berth: '" + verb + "' is not a berth command.\nSee 'berth --help'");
            return 1;
        }
        return runCommand(command.get(), global, words.subList(skip, words.size()));
    }

    private int runCommand(Command command, Flags global, List<String> words) {
        String name = "berth " + command.usage().split(" ")[0];
        try {
            List<Flag> known = new ArrayList<>(command.flags());
            known.add(Flag.flag("help", "", "Print usage"));
            Flags flags = Flags.parse(known, words, command.interspersed());
            if (flags.has("help")) {
                out.print("Usage:  berth " + command.usage() + "\n\n" + command.help() + "\n");
                out.print(command.flags().isEmpty() ? "" : "\nOptions:\n" + Flags.help(command.flags()));
                return 0;
            }
            check(command, name, flags.arguments().size());
            Context context =
                    new Context(new FileInputStream(FileDescriptor.in), out, err, System.getenv(), global.text("host"));
            return command.action().run(context, flags);
        } catch (CliException e) {
            return fail(e, name);
        } catch (ApiException e) {
            out.flush();
            err.println(e.sentence());
        } catch (UncheckedIOException e) {
            return lost(e);
        } catch (IOException e) {
            return lost(e);
        }
        return 1;
    }

    private static void check(Command command, String name, int count) {
        boolean enough = count >= command.least() && (command.most() < 0 || count <= command.most());
        if (enough) {
            return;
        }
        String wanted = command.least() == command.most()
                ? (command.least() == 0 ? "accepts no arguments" : "requires " + arguments(command.least()))
                : count < command.least()
                        ? "requires at least " + arguments(command.least())
                        : "requires at most " + arguments(command.most());
        int code = isRun(name) ? USAGE_OF_RUN : 1;
        throw new CliException(
                code,
                "berth: '" + name + "' " + wanted + "\n\nUsage:  berth " + command.usage() + "\n\nRun '" + name
                        + " --help' for more information");
    }

    private static String arguments(int count) {
        return count == 1 ? "1 argument" : count + " arguments";
    }

    private static boolean isRun(String name) {
        return name.equals("berth run") || name.equals("berth exec");
    }

    private int fail(CliException e, String name) {
        out.flush();
        String message = String.valueOf(e.getMessage());
        boolean ofFlags = message.startsWith("unknown ")
                || message.startsWith("flag needs")
                || message.startsWith("invalid argument");
        if (ofFlags) {
            err.println(message + "\n\nUsage:  " + name + "\n\nRun '" + name + " --help' for more information");
            return isRun(name) ? USAGE_OF_RUN : 1;
        }
        if (!message.isEmpty()) {
            err.println(message);
        }
        return e.exitCode();
    }

    private int lost(Exception e) {
        out.flush();
        err.println("error: " + e.getMessage());
        return 1;
    }
}
