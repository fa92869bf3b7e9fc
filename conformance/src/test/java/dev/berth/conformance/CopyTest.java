package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.BusyboxTree;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code berth cp} and {@code docker cp} with the same words: the same files, messages and exit codes. */
@Needs({Need.ROOT, Need.DOCKER_CLI, Need.BUSYBOX})
@LeavesNothingBehind
class CopyTest {
    /** {@code W} is a directory of this side, {@code C} the container. */
    private static final List<String> IN = List.of(
            "W/file C:/tmp/",
            "W/file C:/tmp/new",
            "W/file C:/tmp/newdir/",
            "W/file C:/nodir/f",
            "W/dir C:/tmp/d1",
            "W/dir/. C:/tmp/d1",
            "W/dir/ C:/tmp/d2",
            "W/dir C:/tmp",
            "W/dir C:/x/one",
            "W/link C:/tmp",
            "-L W/link C:/tmp/followed",
            "W/dlink C:/tmp/dl",
            "W/dlink/ C:/tmp/dl2",
            "-L W/dlink C:/tmp/dl3",
            "W/missing C:/tmp",
            "W/file C:/x/l",
            "W/file C:/x/ld",
            "W/file C:/x/broken",
            "W/file C:/x/one/",
            "W/empty C:/x/y",
            "-a W/file C:/tmp/owned",
            "W/file none:/tmp");

    private static final List<String> OUT = List.of(
            "C:/x/one W/o1",
            "C:/x/one W/empty",
            "C:/x/one W/nodir/",
            "C:/x/one W/nodir/f",
            "C:/x W/e1",
            "C:/x/. W/e1",
            "C:/x/ W/e2",
            "C:/x W/file",
            "C:/x/l W",
            "-L C:/x/l W/ll",
            "-L C:/x/ld W/ld",
            "C:/x/ld W/ldn",
            "C:/x/ld/ W/lds",
            "C:/missing W",
            "C:/x/one/ W/zz",
            "none:/x W",
            "C:/x C:/y",
            "W/a W/b",
            "C:/x/one W/file",
            "C:/x W/dir",
            "-a C:/x/y W/arch",
            "-q C:/x/one W/q",
            ":/x W/y",
            "C: W/y");

    @TempDir
    Path dir;

    @Test
    void bothDoTheSame() throws Exception {
        Path tree = BusyboxTree.make(dir.resolve("tree"));
        try (DaemonProcess daemon = DaemonProcess.start(dir.resolve("engine"))) {
            String byDocker = transcript(daemon, tree, "docker", daemon::docker);
            String byBerth = transcript(daemon, tree, "berth", daemon::berth);
            assertThat(byBerth).isEqualTo(byDocker);
            assertThat(byDocker).contains("tmp/d1/sub/b", "= 0", "= 1");
        }
    }

    private String transcript(DaemonProcess daemon, Path tree, String name, Function<String[], Command> cp)
            throws IOException {
        Path work = Files.createDirectory(dir.resolve(name));
        fill(work);
        String container = daemon.berth("create", "--network", "none", "--rootfs", tree.toString(), "sh", "-c", """
                        mkdir -p /x/y; echo 1 >/x/one; echo 2 >/x/y/two
                        ln -s one /x/l; ln -s /x/y /x/ld; ln -s /nowhere /x/broken""")
                .succeeded()
                .out()
                .strip();
        daemon.berth("start", "-a", container).succeeded();
        StringBuilder all = new StringBuilder();
        for (List<String> words : List.of(IN, OUT)) {
            for (String line : words) {
                List<String> arguments = new ArrayList<>(List.of("cp"));
                for (String word : line.split(" ")) {
                    arguments.add(word.replaceFirst("^W", work.toString()).replaceFirst("^C:", container + ":"));
                }
                Command done = cp.apply(arguments.toArray(String[]::new));
                String said = (done.out() + done.err().replaceAll("(?m)^time=.*\n", "")) // Docker's own log
                        .replace(container, "C")
                        .replace(container.substring(0, 12), "C")
                        .replace(work.toString(), "W")
                        .replaceAll("in container \\S+", "in container C");
                all.append("cp ")
                        .append(line)
                        .append("\n")
                        .append(said)
                        .append("= ")
                        .append(done.exitCode())
                        .append('\n');
            }
        }
        Path exported = dir.resolve(name + ".tar");
        daemon.docker("export", "-o", exported.toString(), container).succeeded();
        all.append(listing(exported));
        Path packed = dir.resolve(name + "-work.tar");
        Command.run(Map.of(), "tar", "-C", work.toString(), "--sort=name", "-cf", packed.toString(), ".")
                .succeeded();
        all.append(listing(packed).replace(work.toString(), "W"));
        daemon.berth("rm", container).succeeded();
        return all.toString();
    }

    private static void fill(Path work) throws IOException {
        Files.createDirectories(work.resolve("dir/sub"));
        Files.createDirectory(work.resolve("empty"));
        Files.writeString(work.resolve("file"), "f");
        Files.writeString(work.resolve("dir/a"), "a");
        Files.writeString(work.resolve("dir/sub/b"), "b");
        Files.createSymbolicLink(work.resolve("link"), Path.of("file"));
        Files.createSymbolicLink(work.resolve("dlink"), Path.of("dir"));
        Files.setAttribute(work.resolve("dir/a"), "unix:mode", 0640);
        Files.setAttribute(work.resolve("file"), "unix:uid", 1234);
    }

    /** Without times: whoever came second made the files later. */
    private static String listing(Path tar) {
        return Command.run(Map.of(), "tar", "--numeric-owner", "-tvf", tar.toString())
                .succeeded()
                .out()
                .replaceAll("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d ", "");
    }
}
