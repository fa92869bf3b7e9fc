package dev.berth.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Arguments: the command that starts a daemon (a path), a work directory, the tar of a root file system with a shell,
 * for how many seconds, how many clients, and the seed.
 */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length != 6) {
            throw new IllegalArgumentException("run this by soak/run");
        }
        try (Daemon daemon = Daemon.start(List.of(args[0], "daemon"), Path.of(args[1]))) {
            List<String> failures = new Soak(
                            daemon,
                            Files.readAllBytes(Path.of(args[2])),
                            Long.parseLong(args[5]),
                            Integer.parseInt(args[4]),
                            Duration.ofSeconds(Long.parseLong(args[3])),
                            System.out)
                    .run();
            if (!failures.isEmpty()) {
                throw new IOException("the soak failed; see above, and " + args[1] + "/log");
            }
        }
    }
}
