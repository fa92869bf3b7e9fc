package dev.berth.cli.registry;

import dev.berth.cli.CliException;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A program that keeps credentials, {@code docker-credential-<name>}: it takes one word and a document. */
record CredentialProgram(String name) {
    private static final long SECONDS = 30;
    private static final String NOT_FOUND = "credentials not found";

    /** What it keeps for a server. */
    Optional<Login> get(String server) {
        Result result = run("get", server);
        if (result.code != 0) {
            if (result.text.startsWith(NOT_FOUND)) {
                return Optional.empty();
            }
            throw failed("getting", result.text);
        }
        try {
            Tree found = Json.parse(result.text);
            return Optional.of(Login.ofSecret(found.text("Username"), found.text("Secret")));
        } catch (IllegalArgumentException e) {
            throw failed("getting", String.valueOf(e.getMessage()));
        }
    }

    /** The servers that it keeps something for. */
    Set<String> list() {
        Result result = run("list", "");
        try {
            if (result.code == 0) {
                return Json.parse(result.text).map().keySet();
            }
        } catch (IllegalArgumentException e) {
            throw failed("listing", String.valueOf(e.getMessage()));
        }
        throw failed("listing", result.text);
    }

    void store(String server, Login login) {
        Result result = run(
                "store",
                Json.text(Json.of("ServerURL", server, "Username", login.keptUser(), "Secret", login.secret())));
        if (result.code != 0) {
            throw failed("saving", result.text);
        }
    }

    void erase(String server) {
        Result result = run("erase", server);
        if (result.code != 0 && !result.text.startsWith(NOT_FOUND)) {
            throw failed("erasing", result.text);
        }
    }

    private record Result(int code, String text) {}

    private Result run(String word, @Nullable String input) {
        Process process;
        try {
            process = new ProcessBuilder(program(), word)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new CliException("error running " + program() + ": " + e.getMessage()
                    + ". Install it, or remove its name from Docker's configuration");
        }
        try {
            try (var in = process.getOutputStream()) {
                in.write((input + "\n").getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // it may have ended without reading; its answer tells
            }
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                throw new CliException(program() + " does not answer within " + SECONDS + " seconds");
            }
            return new Result(process.exitValue(), text.strip());
        } catch (IOException e) {
            throw new CliException("error running " + program() + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException("interrupted while " + program() + " ran");
        } finally {
            process.destroyForcibly();
        }
    }

    private String program() {
        return "docker-credential-" + name;
    }

    private CliException failed(String doing, String why) {
        return new CliException("error " + doing + " credentials - err: exit status 1, out: `" + why + "`");
    }
}
