package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logs under dockerd and under us: the same records in the same files, and each reads what the other has written. */
@Needs({Need.ROOT, Need.DOCKERD, Need.DOCKER_CLI, Need.BUSYBOX})
class LogFilesTest {
    /** All kinds of bytes, a line that is cut, streams in turn, and an end without a line feed. */
    private static final String SCRIPT = """
            for i in 1 2 3; do echo "line $i <a> & \\"b\\""; done; sleep 0.2; echo wrong >&2; sleep 0.2
            printf '\\t\\001\\303\\251 \\377\\200 \\342\\200\\250 \\r\\n\\n'; i=0
            head -c LENGTH /dev/zero | tr '\\000' x; echo
            while [ $i -lt 200 ]; do echo "many $i"; i=$((i+1)); done; printf end""";

    private static final List<List<String>> ASKED = List.of(
            List.of(),
            List.of("--tail", "5"),
            List.of("--tail", "0"),
            List.of("-n", "1000"),
            List.of("--details", "--tail", "2"),
            List.of("--since", "2001-01-01T00:00:00Z", "--tail", "3"),
            List.of("--until", "2001-01-01T00:00:00Z"));

    @TempDir
    Path dir;

    /** A side's client, and where it keeps a container's files. */
    private record Side(String host, Path root) {
        Command docker(String... args) {
            String[] all = new String[args.length + 1];
            all[0] = "docker";
            System.arraycopy(args, 0, all, 1, args.length);
            return Command.run(Map.of("DOCKER_HOST", host), all);
        }

        Path file(String container, String name) {
            return root.resolve("containers").resolve(container).resolve(name.replace("ID", container));
        }
    }

    @Test
    void eachReadsTheOthersFiles() throws Exception {
        Path tar = BoxTar.make(dir);
        try (DaemonProcess daemon = DaemonProcess.start(dir.resolve("engine"));
                DockerdProcess dockerd = DockerdProcess.start(dir.resolve("dockerd"))) {
            Side ours = new Side(daemon.host(), daemon.dataRoot());
            Side theirs = new Side(dockerd.host(), dir.resolve("dockerd/data"));
            for (Side side : List.of(ours, theirs)) {
                side.docker("import", tar.toString(), "tree:1").succeeded();
            }
            compare(ours, theirs, "json-file", "ID-json.log", "labels=app", 40_000);
            // 20.10 forgets the line feed of a line that it has cut when it reads this driver's files; later ones do
            // not
            compare(ours, theirs, "local", "local-logs/container.log", "max-file=3", 16_000);
        }
    }

    private void compare(Side ours, Side theirs, String driver, String file, String option, int length)
            throws Exception {
        String our = run(ours, driver, option, length);
        String their = run(theirs, driver, option, length);
        List<String> byThem = logs(theirs, their);
        assertThat(logs(ours, our)).isEqualTo(byThem);
        assertThat(byThem.getFirst()).contains("line 1 <a> & \"b\"", "x".repeat(length), "many 199\nend");

        Path ourFile = ours.file(our, file);
        Path theirFile = theirs.file(their, file);
        Path kept = Files.copy(ourFile, dir.resolve(driver));
        if (driver.equals("json-file")) {
            assertThat(records(ourFile)).isEqualTo(records(theirFile));
        }
        Files.copy(theirFile, ourFile, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(kept, theirFile, StandardCopyOption.REPLACE_EXISTING);
        assertThat(logs(ours, our)).isEqualTo(byThem);
        assertThat(logs(theirs, their)).isEqualTo(byThem);
        ours.docker("rm", our).succeeded();
        theirs.docker("rm", their).succeeded();
    }

    private static String run(Side side, String driver, String option, int length) {
        String container = side.docker(
                        "create",
                        "--network",
                        "none",
                        "--log-driver",
                        driver,
                        "--log-opt",
                        option,
                        "--label",
                        "app=a b/c",
                        "tree:1",
                        "sh",
                        "-c",
                        SCRIPT.replace("LENGTH", Integer.toString(length)))
                .succeeded()
                .out()
                .strip();
        side.docker("start", container).succeeded();
        side.docker("wait", container).succeeded();
        return container;
    }

    private static List<String> logs(Side side, String container) {
        List<String> all = new ArrayList<>();
        for (List<String> options : ASKED) {
            List<String> words = new ArrayList<>(List.of("logs"));
            words.addAll(options);
            words.add(container);
            Command logs = side.docker(words.toArray(String[]::new)).succeeded();
            all.add(logs.out() + "\n-- errors: " + logs.err());
        }
        Command timed = side.docker("logs", "-t", container).succeeded();
        all.add(timed.out().replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:]{8}\\.\\d{9}Z ", "TIME "));
        return all;
    }

    private static List<String> records(Path file) throws Exception {
        return Files.readAllLines(file).stream()
                .map(line -> line.replaceAll("\"time\":\"[^\"]*\"", ""))
                .toList();
    }
}
