package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.http.ApiException;
import dev.berth.cli.json.Tree;
import dev.berth.cli.registry.Login;
import dev.berth.cli.registry.Logins;
import dev.berth.linux.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

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
        String server = Logins.server(
                flags.arguments().isEmpty() ? "" : flags.arguments().getFirst());
        Logins logins = Logins.read(context.options().configFolder());
        Optional<String> password = password(context, flags);
        Optional<Login> known =
                flags.isSet("username") || password.isPresent() ? Optional.empty() : logins.find(server);
        if (known.isPresent()) {
            context.out().println("Authenticating with existing credentials...");
            context.out().flush();
            try {
                return finish(context, logins, server, known.get());
            } catch (ApiException e) {
                context.out().println("Login did not succeed, error: " + e.sentence());
            }
        }
        return finish(context, logins, server, asked(context, flags, server, password));
    }

    private static Optional<String> password(Context context, Flags flags) throws IOException {
        if (!flags.has("password-stdin")) {
            if (flags.isSet("password")) {
                context.err().println("WARNING! Using --password via the CLI is insecure. Use --password-stdin.");
            }
            return flags.text("password");
        }
        if (flags.isSet("password")) {
            throw new CliException("--password and --password-stdin are mutually exclusive");
        }
        if (flags.text("username", "").isEmpty()) {
            throw new CliException("Must provide --username with --password-stdin");
        }
        String text = new String(context.in().readAllBytes(), StandardCharsets.UTF_8);
        return Optional.of(text.replaceAll("[\r\n]+$", ""));
    }

    private static int finish(Context context, Logins logins, String server, Login login) {
        Tree answer = context.client().post("/auth", login.body(server));
        String token = answer.text("IdentityToken");
        boolean plain = logins.keep(server, new Login(login.user(), token.isEmpty() ? login.password() : "", token));
        if (plain) {
            context.err()
                    .println("\nWARNING! Your credentials are stored unencrypted in '" + logins.file() + "'.\n"
                            + "Configure a credential helper to remove this warning. See\n"
                            + "https://docs.docker.com/go/credential-store/\n");
        }
        String status = answer.text("Status");
        context.out().println(status.isEmpty() ? "Login Succeeded" : status);
        return 0;
    }

    /** What the user has said, or is asked for. */
    private static Login asked(Context context, Flags flags, String server, Optional<String> password)
            throws IOException {
        String user = flags.text("username", "");
        if ((user.isEmpty() || password.isEmpty()) && !Context.isTerminal(0)) {
            throw new CliException("Error: Cannot perform an interactive login from a non TTY device");
        }
        if (user.isEmpty()) {
            context.out().print("Username: ");
            user = line(context);
            if (user.isEmpty()) {
                throw new CliException("Error: Non-null Username Required");
            }
        }
        String secret = password.isPresent() ? password.get() : hidden(context);
        if (secret.isEmpty()) {
            throw new CliException("Error: Password Required");
        }
        return new Login(user, secret, "");
    }

    private static String hidden(Context context) throws IOException {
        Optional<Terminal> terminal = Terminal.ofStandardInput();
        context.out().print("Password: ");
        try {
            terminal.ifPresent(Terminal::hideTyping);
            return line(context);
        } finally {
            terminal.ifPresent(Terminal::close);
            context.out().println();
        }
    }

    private static String line(Context context) throws IOException {
        context.out().flush();
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = context.in().read(); b >= 0 && b != '\n'; b = context.in().read()) {
            line.write(b);
        }
        return line.toString(StandardCharsets.UTF_8).strip();
    }

    static Command logout() {
        return Command.of("logout [SERVER]", "Log out from a registry", 0, 1, List.of(), (context, flags) -> {
            String server = Logins.server(
                    flags.arguments().isEmpty() ? "" : flags.arguments().getFirst());
            Logins logins = Logins.read(context.options().configFolder());
            if (logins.find(server).isEmpty()) {
                context.out().println("Not logged in to " + server);
                return 0;
            }
            context.out().println("Removing login credentials for " + server);
            logins.forget(server);
            return 0;
        });
    }
}
