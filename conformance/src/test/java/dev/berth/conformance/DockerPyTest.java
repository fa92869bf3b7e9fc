package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Docker's SDK for Python, as Debian has it, at our socket: what its documentation shows, as a suite of its own. */
@Needs({Need.ROOT, Need.DOCKER_CLI, Need.DOCKER_REGISTRY, Need.BUSYBOX, Need.DOCKER_PY})
@LeavesNothingBehind
class DockerPyTest {
    private static final Pattern COUNT = Pattern.compile("^Ran (\\d+) tests in ", Pattern.MULTILINE);

    @Test
    void whatItsDocumentationShowsWorks(@TempDir Path dir) throws Exception {
        try (SdkHost host = SdkHost.start(dir)) {
            Command suite = host.run(
                    "/usr/bin/python3", "-B", "-W", "ignore::ResourceWarning", "src/test/python/docker_py_suite.py");
            suite.succeeded();
            assertThat(COUNT.matcher(suite.err()).results())
                    .as(suite.err())
                    .singleElement()
                    .satisfies(count ->
                            assertThat(Integer.parseInt(count.group(1))).isPositive());
        }
    }
}
