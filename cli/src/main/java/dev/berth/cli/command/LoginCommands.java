package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** {@code berth login} and {@code berth logout}. */
final class LoginCommands {
    private LoginCommands() {}

    static Command login() {
        return Command.of(
                "login [OPTIONS] [SERVER]",
                "Authenticate to a registry",
                0,
                1,
                List.of(
                        Flag.text("password", "p", "Password or Personal Access Token (PAT)"),
                        Flag.flag("password-stdin", "", "Take the Password or Personal Access Token (PAT) from stdin"),
                        Flag.text("username", "u", "Username")),
                LoginCommands::login);
    }

    private static int login(Context context, Flags flags) throws IOException {
        String server = flags.arguments().isEmpty()
                ? RegistryLogins.DOCKER_HUB
                : flags.arguments().getFirst();
        String user = flags.text("username")
                .orElseThrow(() -> new CliException("the username is missing: give it with --username"));
        String password;
        if (flags.has("password-stdin")) {
            password = new String(context.in().readAllBytes(), StandardCharsets.UTF_8).stripTrailing();
        } else {
            password = flags.text("password")
                    .orElseThrow(() -> new CliException("the password is missing: give it with --password-stdin"));
            context.err().println("WARNING! Using --password via the CLI is insecure. Use --password-stdin.");
        }
        Tree answer = context.client()
                .post("/auth", Json.of("username", user, "password", password, "serveraddress", server));
        RegistryLogins.read(context).keep(server, user, password);
        String status = answer.text("Status");
        context.out().println(status.isEmpty() ? "Login Succeeded" : status);
        return 0;
    }

    static Command logout() {
        return Command.of("logout [SERVER]", "Log out from a registry", 0, 1, List.of(), (context, flags) -> {
            String server = flags.arguments().isEmpty()
                    ? RegistryLogins.DOCKER_HUB
                    : flags.arguments().getFirst();
            context.out().println("Removing login credentials for " + server);
            RegistryLogins.read(context).forget(server);
            return 0;
        });
    }
}
