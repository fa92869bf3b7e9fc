package dev.berth.testcontainers;

import dev.berth.embedded.BerthProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes the image {@code box} in the cache of an ordinary user; its standard input is at an end. */
final class BoxProgram {
    private BoxProgram() {}

    public static void main(String[] arguments) throws IOException {
        BerthProcess.serve(berth -> {
            try (InputStream in = Files.newInputStream(Path.of(arguments[0]))) {
                berth.images().importTree(in, "box");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
