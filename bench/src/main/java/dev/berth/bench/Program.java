package dev.berth.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Programs run to their end. */
final class Program {
    private Program() {}

    /** The official command line against a peer; gives what it printed. */
    static String docker(Peer peer, String... args) throws IOException, InterruptedException {
        String[] command = new String[args.length + 3];
        System.arraycopy(new String[] {"docker", "--host", "unix://" + peer.socket()}, 0, command, 0, 3);
        System.arraycopy(args, 0, command, 3, args.length);
        return run(command);
    }

    /** Gives what it printed; fails with what it complained of. */
    static String run(String... command) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("berth-bench", ".err");
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
            builder.environment().put("DOCKER_BUILDKIT", "0"); // both engines have the classic builder
            Process process = builder.start();
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(Arrays.toString(command) + ": " + Files.readString(errors));
            }
            return out;
        } finally {
            Files.delete(errors);
        }
    }
}
