package dev.berth.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Gives a file in a container to another user, and prints whose it is. */
final class ManyUsersProgram {
    private ManyUsersProgram() {}

    public static void main(String[] args) throws IOException {
        Path folder = Files.createTempDirectory(Path.of(System.getProperty("user.home")), "program");
        try (Berth berth = Berth.start()) {
            Box.make(berth, folder);
            try (Container container = berth.run(Box.shell("touch /f; chown 5:6 /f; stat -c %u:%g /f"))) {
                container.awaitExit(Duration.ofSeconds(30));
                System.out.print(container.logs());
            }
        }
    }
}
