package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same Dockerfiles by the official command line to dockerd and to us, whose classic builders it asks: whether it works and
 * what is said when it does not, the image's configuration and its files must be the same, but for what is listed in
 * {@code building-differences} with a reason.
 */
@Needs({Need.ROOT, Need.DOCKER_CLI, Need.DOCKERD, Need.BUSYBOX})
@LeavesNothingBehind
class BuildDifferenceTest {
    private static final List<String> FILES =
            List.of("variables", "files", "commands", "configuration", "stages", "failures");
    private static final int AT_ONCE = 4;

    /** Newer versions of Docker write it small, as we do. */
    private static final Pattern FIRST_LETTER = Pattern.compile("(?i)Error response from daemon: [a-z]");

    @TempDir
    Path dir;

    @Test
    void theSameComesOfADockerfile() throws Exception {
        List<BuildCase> cases = new ArrayList<>();
        for (String file : FILES) {
            cases.addAll(BuildCase.read(file));
        }
        assertThat(cases.stream().map(BuildCase::name))
                .hasSizeGreaterThanOrEqualTo(150)
                .doesNotHaveDuplicates();
        Path tar = BoxTar.make(dir);
        try (DockerdProcess dockerd = DockerdProcess.start(dir.resolve("dockerd"));
                DaemonProcess daemon = DaemonProcess.start(dir.resolve("berth"));
                ExecutorService both = Executors.newFixedThreadPool(2)) {
            Future<Map<String, String>> theirs = both.submit(() -> build(cases, dockerd.host(), "theirs"));
            Future<Map<String, String>> ours = both.submit(() -> build(cases, daemon.host(), "ours"));
            Differences.read("building-differences").areAllBetween(theirs.get(), ours.get());
        }
    }

    private Map<String, String> build(List<BuildCase> cases, String host, String name) throws Exception {
        Path work = Files.createDirectories(dir.resolve(name));
        Map<String, String> environment = Map.of(
                "DOCKER_HOST",
                host,
                "DOCKER_BUILDKIT",
                "0",
                "DOCKER_CONFIG",
                work.resolve("config").toString());
        Command.run(environment, "docker", "import", dir.resolve("box.tar").toString(), "box")
                .succeeded();
        Map<String, String> all = new TreeMap<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Future<Map<String, String>>> found = new ArrayList<>();
            for (int i = 0; i < cases.size(); i++) {
                found.add(
                        threads.submit(one(cases.get(i), work.resolve(Integer.toString(i)), "case-" + i, environment)));
            }
            for (int i = 0; i < cases.size(); i++) {
                String of = cases.get(i).name();
                found.get(i).get().forEach((place, what) -> all.put(of + ": " + place, what));
            }
        }
        return all;
    }

    private static Callable<Map<String, String>> one(
            BuildCase of, Path work, String tag, Map<String, String> environment) {
        return () -> {
            Path context = Files.createDirectories(work.resolve("context"));
            Files.writeString(context.resolve("Dockerfile"), of.dockerfile());
            Command.run(environment, "sh", "-ec", "umask 022; cd " + context + "; " + of.context())
                    .succeeded();
            Command build = Command.run(
                    environment,
                    "sh",
                    "-c",
                    "cd " + context + "; exec docker build --network none -t " + tag + " " + of.options() + " .");
            BuiltImage image = new BuiltImage();
            image.found().put("exit code", Integer.toString(build.exitCode()));
            said(build.err(), context).forEach(line -> image.found().put("2> " + line, ""));
            if (build.exitCode() == 0) {
                Command inspect = Command.run(environment, "docker", "image", "inspect", tag);
                image.inspected(inspect.succeeded().out());
                // One layer is the base's alone.
                if (image.layers() > 1) {
                    Command create = Command.run(environment, "docker", "create", "--network", "none", tag, "/none");
                    String container = create.succeeded().out().strip();
                    Path files = work.resolve("files.tar");
                    Command.run(environment, "docker", "export", "-o", files.toString(), container)
                            .succeeded();
                    image.exported(files);
                    Files.delete(files);
                }
            }
            return image.found();
        };
    }

    private static List<String> said(String text, Path context) {
        return FIRST_LETTER
                .matcher(text)
                .replaceAll(found -> found.group().toLowerCase(Locale.ROOT))
                .replace(context.toString(), "CONTEXT")
                .replaceAll("sha256:[0-9a-f]{64}", "sha256:ID")
                .replaceAll("\\b[0-9a-f]{64}\\b", "ID")
                .replaceAll("\\b[0-9a-f]{12}\\b", "ID")
                // Docker names the programs that failed on the way; we have none.
                .replaceAll(
                        "(failed to create shim task: )?[Oo]CI runtime create failed: (runc create failed: )?(unable to start"
                                + " container process: )?(.*): unknown",
                        "failed to start container process: $4")
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }
}
