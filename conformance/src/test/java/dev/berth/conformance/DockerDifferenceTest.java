package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same words of the official command line to dockerd and to us: exit code, output and errors must be the same, but
 * for what is listed in {@code differences} with a reason.
 */
@Needs({Need.ROOT, Need.DOCKER_CLI, Need.DOCKERD, Need.BUSYBOX})
class DockerDifferenceTest {
    private static final String PRELUDE =
            "run() { docker run --network none \"$@\"; }; export HOME=\"$PWD\" DOCKER_API_VERSION=1.41; ";

    /** Of an error: newer versions of Docker write it small, as we do. */
    private static final Pattern FIRST_LETTER = Pattern.compile("(?i)Error response from daemon: [a-z]");

    @TempDir
    Path dir;

    @Test
    void whatAUserSeesIsTheSame() throws Exception {
        List<String> lines = lines(Differences.text("invocations") + Differences.text("creating"));
        Map<String, String> theirs;
        try (DockerdProcess dockerd = DockerdProcess.start(dir.resolve("dockerd"))) {
            theirs = answers(lines, dockerd.host(), "theirs");
        }
        Map<String, String> ours;
        try (DaemonProcess daemon = DaemonProcess.start(dir.resolve("berth"))) {
            ours = answers(lines, daemon.host(), "ours");
        }
        compare(lines, theirs, ours, Differences.read("differences"));
    }

    /** Each daemon in a network namespace of its own, so that the peer's rules are none of the host's. */
    @Test
    void whatAUserSeesOfNetworksIsTheSame() throws Exception {
        List<String> lines = lines(Differences.text("networking"));
        Map<String, String> theirs;
        try (DockerdProcess dockerd = DockerdProcess.startApart(dir.resolve("dockerd"))) {
            theirs = answers(lines, dockerd.host(), "theirs");
        }
        Map<String, String> ours;
        try (DaemonProcess daemon =
                DaemonProcess.startUnder(Apart.LAUNCHER, dir.resolve("berth"), "--live-restore=false")) {
            ours = answers(lines, daemon.host(), "ours");
        }
        compare(lines, theirs, ours, Differences.read("networking-differences"));
    }

    private static List<String> lines(String text) {
        return text.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
    }

    private static void compare(
            List<String> lines, Map<String, String> theirs, Map<String, String> ours, Differences differences) {
        Map<String, String> different = new TreeMap<>();
        ours.forEach((line, answer) -> {
            String other = Objects.requireNonNull(theirs.get(line));
            if (!answer.equals(other)) {
                different.put(line, "--- dockerd\n" + other + "--- berth\n" + answer);
            }
        });
        List<String> intended = differences.intended();
        assertThat(lines).as("what the intended differences name").containsAll(intended);
        intended.forEach(different::remove);
        assertThat(String.join(
                        "\n",
                        different.entrySet().stream()
                                .map(e -> "$ " + e.getKey() + "\n" + e.getValue())
                                .toList()))
                .as(different.size() + " of " + lines.size() + " answers differ")
                .isEmpty();
    }

    private Map<String, String> answers(List<String> lines, String host, String name) throws IOException {
        Path work = Files.createDirectories(dir.resolve(name));
        Path tar = BoxTar.make(work);
        Files.createDirectory(work.resolve("data"));
        Files.writeString(work.resolve("data/f"), "of the host\n");
        Files.writeString(work.resolve("envs"), "# a comment\nX1=1\nX2=two words\n");
        Files.writeString(work.resolve("labels"), "x=y\n");
        Map<String, String> environment = Map.of("DOCKER_HOST", host);
        Command.run(environment, "docker", "import", "--change", "CMD [\"sh\"]", tar.toString(), "box")
                .succeeded();
        Map<String, String> answers = new LinkedHashMap<>();
        int number = 0;
        for (String line : lines) {
            Command done = Command.run(environment, "sh", "-c", "cd " + work + "; " + PRELUDE + line);
            answers.put(
                    (answers.containsKey(line) ? "#" + number + " " : "") + line,
                    normal(done.out(), work, host) + normal(done.err(), work, host) + "= " + done.exitCode() + "\n");
            number++;
        }
        return answers;
    }

    private static String normal(String text, Path work, String host) {
        return FIRST_LETTER
                .matcher(text)
                .replaceAll(found -> found.group().toLowerCase(Locale.ROOT))
                .replace(host, "HOST")
                .replace(work.toString(), "WORK")
                .replaceAll("sha256:[0-9a-f]{64}", "sha256:ID")
                .replaceAll("\\b[0-9a-f]{64}\\b", "ID")
                .replaceAll("\\b[0-9a-f]{12}\\b", "ID")
                // Docker names the programs that failed on the way; we have none.
                .replaceAll(
                        "(failed to create shim task: )?[Oo]CI runtime (create|exec) failed: (runc create failed: |exec"
                                + " failed: )?(unable to start container process: )?(.*): unknown",
                        "failed to start container process: $5")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z?", "TIME")
                .replaceAll("(Less than a second|About a minute|\\d+ (second|minute)s?)( ago)?", "SPAN")
                .replaceAll(" {2,}", "  ");
    }
}
