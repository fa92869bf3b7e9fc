package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code --call} and {@code --check}: what is asked about a Dockerfile in place of a build, and the answer as buildx shows it.
 *
 * @param name as BuildKit has it
 * @param json whether the answer is for programs
 * @param ignoresStatus whether the command succeeds although something was found
 */
record BuildCall(String name, boolean json, boolean ignoresStatus) {
    private static final String CHECK = "lint";
    private static final Map<String, String> NAMES = Map.of(
            "check", CHECK,
            "lint", CHECK,
            "outline", "outline",
            "targets", "targets",
            "subrequests.describe", "subrequests.describe");
    /** What an image would be needed for. */
    private static final List<String> OF_IMAGES =
            List.of("cache-to", "iidfile", "load", "metadata-file", "output", "push");

    /**
     * What the flags ask.
     *
     * @return nothing for a build
     * @throws CliException for what nobody can answer
     */
    static Optional<BuildCall> of(Flags flags) {
        String text = flags.has("check") ? "check" : flags.text("call", "");
        Optional<BuildCall> call = parse(text);
        if (call.isPresent()) {
            OF_IMAGES.stream().filter(flags::isSet).findFirst().ifPresent(name -> {
                throw new CliException("--" + name + " cannot be used with --call and --check: nothing is built");
            });
        }
        return call;
    }

    private static Optional<BuildCall> parse(String text) {
        String word = "";
        boolean json = false;
        boolean ignoresStatus = false;
        for (String field : text.split(",")) {
            String[] sides = field.split("=", 2);
            if (sides.length == 1 && word.isEmpty()) {
                word = field;
            } else if (sides[0].equals("format")
                    && sides.length == 2
                    && List.of("json", "text").contains(sides[1])) {
                json = sides[1].equals("json");
            } else if (sides[0].equals("ignorestatus")
                    && sides.length == 2
                    && List.of("true", "false", "1", "0").contains(sides[1])) {
                ignoresStatus = List.of("true", "1").contains(sides[1]);
            } else {
                throw Values.invalid(
                        text,
                        "call",
                        "invalid print field: " + field + ": format=json and ignorestatus=true are known");
            }
        }
        if (word.isEmpty() || word.equals("build")) {
            return Optional.empty();
        }
        String name = NAMES.get(word);
        if (name == null) {
            throw Values.invalid(text, "call", word + " is not one of build, check, outline, targets");
        }
        return Optional.of(new BuildCall(name, json, ignoresStatus));
    }

    /** The parameter, behind others. */
    String query() {
        return "&call=frontend." + name;
    }

    /**
     * Shows an answer; gives the exit code.
     *
     * @throws CliException where the Dockerfile cannot be built
     */
    int show(Tree answer, PrintStream out) {
        String text = answer.text("Text");
        String error = answer.text("Error");
        if (json) {
            out.println(answer.text("Json"));
        } else {
            if (name.equals(CHECK)) {
                count(answer, error.isEmpty(), out);
            }
            out.print(text);
        }
        if (!error.isEmpty()) {
            if (!json && !text.isEmpty()) {
                out.println();
            }
            out.flush();
            throw new CliException(error.stripTrailing());
        }
        return ignoresStatus ? 0 : (int) answer.number("Status");
    }

    private static void count(Tree answer, boolean whole, PrintStream out) {
        int found = Json.parse(answer.text("Json")).list("warnings").size();
        if (found > 0) {
            out.println(
                    "Check complete, " + (found == 1 ? "1 warning has" : found + " warnings have") + " been found!");
        } else if (whole) {
            out.println("Check complete, no warnings found.");
        }
    }
}
