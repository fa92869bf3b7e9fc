package dev.berth.conformance;

import dev.berth.embedded.BerthProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Puts images where an ordinary user's engines look for them, in place of a pull: an archive of them, and perhaps a root file
 * system that becomes {@code debian:bookworm}. Its standard input is at an end.
 */
final class UsersImages {
    private UsersImages() {}

    public static void main(String[] arguments) throws IOException {
        BerthProcess.serve(berth -> {
            berth.images().load(Path.of(arguments[0]));
            if (arguments.length > 1) {
                try (InputStream tree = Files.newInputStream(Path.of(arguments[1]))) {
                    berth.images().importTree(tree, "debian:bookworm", "CMD [\"bash\"]");
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
    }
}
