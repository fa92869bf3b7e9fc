package dev.berth.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What other programs say of a namespace: {@code ip} and {@code nft}. */
public final class Peer {
    private Peer() {}

    /** Runs a program within a namespace, and gives what it printed. */
    public static String run(NetworkNamespace namespace, String... command) {
        return runWithInput(namespace, "", command);
    }

    /** The same with something on its standard input. */
    public static String runWithInput(NetworkNamespace namespace, String input, String... command) {
        List<String> line = new ArrayList<>(List.of("nsenter", "--net=" + namespace.path()));
        line.addAll(List.of(command));
        try {
            Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
            try (var in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as("%s: %s", line, output).isZero();
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
