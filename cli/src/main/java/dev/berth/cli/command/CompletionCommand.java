package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.complete.Scripts;
import java.util.List;

/** {@code berth completion}, and what its scripts call. */
final class CompletionCommand {
    private CompletionCommand() {}

    static Command command() {
        return Command.of(
                "completion bash|zsh|fish",
                "Print a script that completes commands in a shell",
                1,
                1,
                List.of(),
                (context, flags) -> {
                    String shell = flags.arguments().getFirst();
                    context.out()
                            .print(Scripts.of(shell)
                                    .orElseThrow(() -> new CliException("berth: there is no completion for \"" + shell
                                            + "\": bash, zsh and fish are known")));
                    return 0;
                });
    }

    /** Takes the words so far, of which the last is being typed. */
    static Command complete() {
        return new Command(
                "__complete [WORD...]",
                "What may follow, for the scripts of \"completion\"",
                0,
                -1,
                false,
                List.of(),
                (context, flags) -> {
                    Completion completion = new Completion(context);
                    completion.run(flags.arguments().isEmpty() ? List.of("") : flags.arguments());
                    completion.print(context.out());
                    return 0;
                });
    }
}
