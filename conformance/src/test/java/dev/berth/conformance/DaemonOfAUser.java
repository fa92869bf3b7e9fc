package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.OrdinaryUser;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What tests of a daemon that an ordinary user runs have: that user, the daemon with an image, the command line before it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DaemonOfAUser {
    static final String IMAGE = "busybox:test";

    OrdinaryUser user;
    String classPath;
    Path dir;
    DaemonProcess daemon;

    abstract OrdinaryUser makeUser() throws Exception;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        dir = temporary;
        user = makeUser();
        classPath = user.classPath();
        daemon = DaemonProcess.startAs(user, classPath);
        docker("import", "--change", "CMD [\"sh\"]", BoxTar.make(dir).toString(), IMAGE);
    }

    @AfterAll
    void stop() throws Exception {
        daemon.close();
        assertThat(OrdinaryUser.processes()).isEmpty();
        user.close();
    }

    String docker(String... args) {
        return daemon.docker(args).succeeded().out();
    }

    String box(String line) {
        return docker("run", "--rm", "--network", "none", IMAGE, "sh", "-c", line);
    }
}
