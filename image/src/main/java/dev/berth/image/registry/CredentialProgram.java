package dev.berth.image.registry;

import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A program that keeps credentials: it is run with {@code get}, told the registry on its standard input, and answers
 * with JSON (docker-credential-helpers).
 *
 * @param program its path, or its name on the {@code PATH}
 */
record CredentialProgram(String program) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
    /** The user name that stands for "the password is an identity token". */
    private static final String TOKEN_USER = "<token>";

    private static final String NOT_FOUND = "credentials not found";

    /** The program that Docker's configuration means by a name. */
    static CredentialProgram ofName(String name) throws ImageException {
        if (!NAME.matcher(name).matches()) {
            throw ImageException.invalid("\"" + RegistryError.printable(name) + "\" is no credential program's name");
        }
        return new CredentialProgram("docker-credential-" + name);
    }

    /**
     * Asks for a registry's credentials; anonymous if it has none.
     *
     * @throws ImageException UNAVAILABLE if it can't be run, fails or takes too long
     */
    Credentials credentials(String registry) throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(program, "get")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new ImageException(
                    ImageException.Kind.UNAVAILABLE,
                    "can't run " + program
                            + ", which Docker's configuration names as the keeper of credentials. Install"
                            + " it, or remove it from there",
                    e);
        }
        try {
            return answer(process, registry);
        } finally {
            process.destroyForcibly();
        }
    }

    private Credentials answer(Process process, String registry) throws IOException {
        CompletableFuture<byte[]> output = new CompletableFuture<>();
        Thread.ofVirtual().name("credential-helper").start(() -> {
            try (InputStream in = process.getInputStream()) {
                output.complete(in.readNBytes(RegistryLimits.HELPER_BYTES));
            } catch (IOException e) {
                output.completeExceptionally(e);
            }
        });
        try (var in = process.getOutputStream()) {
            in.write(registry.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // it may have ended without reading; its answer tells
        }
        try {
            if (!process.waitFor(RegistryLimits.HELPER.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new ImageException(
                        ImageException.Kind.UNAVAILABLE,
                        program + " gave no credentials within " + RegistryLimits.HELPER.toSeconds() + " seconds");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + program + " was asked for credentials");
        }
        byte[] text = Downloads.await(output.orTimeout(RegistryLimits.HELPER.toMillis(), TimeUnit.MILLISECONDS));
        if (process.exitValue() == 0) {
            return entry(SecretJson.parse(text, "answer of " + program));
        }
        String words = RegistryError.printable(new String(text, StandardCharsets.UTF_8));
        if (words.startsWith(NOT_FOUND)) {
            return Credentials.ANONYMOUS;
        }
        throw new ImageException(ImageException.Kind.UNAVAILABLE, program + " gave no credentials: " + words);
    }

    private static Credentials entry(JsonObject json) throws ImageException {
        String user = json.string("Username");
        String secret = json.string("Secret");
        if (user.equals(TOKEN_USER)) {
            return new Credentials.IdentityToken(secret);
        }
        return user.isEmpty() ? Credentials.ANONYMOUS : new Credentials.Basic(user, secret);
    }
}
