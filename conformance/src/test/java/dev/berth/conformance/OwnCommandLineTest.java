package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same words to our command line and to the official one, over the same daemon: exit code, output and errors must be
 * the same but for the product's name. What may differ is marked in {@code own-invocations}, with the reason.
 */
@Needs({Need.ROOT, Need.DOCKER_CLI, Need.BUSYBOX})
@LeavesNothingBehind
class OwnCommandLineTest {
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");
    private static final Pattern SPAN =
            Pattern.compile("(Up )?(\\d+ (second|minute)s?|About a minute|Less than a second)( ago)?");

    @TempDir
    Path dir;

    /** What one of them said. */
    private record Said(String out, String err, int code) {
        String normal() {
            return normal(out) + "\nstderr: " + normal(err) + "\n= " + code + "\n";
        }

        private static String normal(String text) {
            String alike = text.replace("Berth", "Docker").replace("berth", "docker");
            return SPAN.matcher(alike).replaceAll("SPAN").replaceAll(" {2,}", "  ");
        }
    }

    @Test
    void ourCommandLineSaysWhatDockersDoes() throws Exception {
        List<String> different = new ArrayList<>();
        List<String> needless = new ArrayList<>();
        try (DaemonProcess daemon = DaemonProcess.start(dir.resolve("berth"))) {
            prepare(daemon);
            for (String line : lines()) {
                boolean mayDiffer = line.startsWith("! ");
                String bare = mayDiffer ? line.substring(2) : line;
                boolean answers = bare.startsWith("n | ");
                List<String> words = words(answers ? bare.substring("n | ".length()) : bare);
                String input = answers ? "n\n" : "";
                String theirs = docker(daemon, input, words).normal();
                String ours = berth(daemon, input, words).normal();
                if (!mayDiffer && !ours.equals(theirs)) {
                    different.add("$ " + bare + "\n--- docker\n" + theirs + "--- berth\n" + ours);
                } else if (mayDiffer && ours.equals(theirs)) {
                    needless.add(bare);
                }
            }
            daemon.berth("rm", "-f", "one", "two").succeeded();
        }
        assertThat(String.join("\n", different)).as("answers that differ").isEmpty();
        assertThat(needless).as("differences that are none").isEmpty();
    }

    private void prepare(DaemonProcess daemon) throws IOException {
        Path tar = BoxTar.make(dir);
        daemon.docker("import", "--change", "CMD [\"sh\"]", tar.toString(), "box")
                .succeeded();
        daemon.docker(
                        "run",
                        "-d",
                        "--network",
                        "none",
                        "--name",
                        "one",
                        "-l",
                        "l=1",
                        "-l",
                        "com.x/y=2",
                        "box",
                        "sleep",
                        "1000")
                .succeeded();
        daemon.docker("run", "--network", "none", "--name", "two", "box", "false")
                .exitedWith(1);
    }

    private static List<String> lines() throws IOException {
        try (InputStream in = Objects.requireNonNull(OwnCommandLineTest.class.getResourceAsStream("own-invocations"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        }
    }

    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(line);
        while (word.find()) {
            words.add(word.group(1) == null ? word.group(2) : word.group(1));
        }
        return words;
    }

    private Map<String, String> environment(DaemonProcess daemon) {
        Map<String, String> environment = new HashMap<>(daemon.dockerEnvironment());
        environment.put("HOME", dir.toString());
        environment.put("TZ", "UTC");
        return environment;
    }

    private Said docker(DaemonProcess daemon, String input, List<String> words) {
        List<String> all = new ArrayList<>(List.of("docker"));
        all.addAll(words);
        return said(Command.runWithInput(environment(daemon), input, all.toArray(String[]::new)));
    }

    private Said berth(DaemonProcess daemon, String input, List<String> words) {
        return said(Command.berth(
                environment(daemon), input.getBytes(StandardCharsets.UTF_8), words.toArray(String[]::new)));
    }

    private static Said said(Command done) {
        return new Said(done.out(), done.err(), done.exitCode());
    }
}
