package dev.berth.build.run;

import dev.berth.build.BuildException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * What an address had.
 *
 * @param content a file, which goes with the build
 * @param modified when the server says that it was changed
 */
record Fetched(Path content, Optional<Instant> modified) {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int OK = 200;

    static boolean isAddress(String source) {
        return source.startsWith("http://") || source.startsWith("https://");
    }

    /**
     * Fetches.
     *
     * @param file that is made for the content
     * @throws BuildException where there is nothing
     */
    static Fetched from(String address, Path file) throws InterruptedException {
        try (HttpClient client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(PATIENCE)
                .build()) {
            HttpResponse<Path> response = client.send(
                    HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofFile(file));
            if (response.statusCode() != OK) {
                throw BuildException.failed("fetching " + address + " was answered with " + response.statusCode());
            }
            return new Fetched(response.body(), modified(response));
        } catch (IllegalArgumentException e) {
            throw BuildException.invalid(address + " is not an address: " + e.getMessage());
        } catch (IOException e) {
            String reason = e.getMessage() == null ? "no connection" : e.getMessage();
            throw BuildException.failed("fetching " + address + " failed: " + reason, e);
        }
    }

    private static Optional<Instant> modified(HttpResponse<?> response) {
        try {
            return response.headers()
                    .firstValue("Last-Modified")
                    .map(text -> ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
