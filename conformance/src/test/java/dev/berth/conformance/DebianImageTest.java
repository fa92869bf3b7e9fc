package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import dev.berth.testing.RegistryProcess;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real distribution through a real registry: made by mmdebstrap, imported and pushed by one engine, pulled back by
 * another under another data root and by skopeo, and run.
 */
@Needs({Need.ROOT, Need.DOCKER_CLI, Need.DOCKER_REGISTRY, Need.SKOPEO, Need.MMDEBSTRAP})
@LeavesNothingBehind
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DebianImageTest {
    private Path dir;

    private RegistryProcess registry;
    private DaemonProcess daemon;
    private String image;
    private String pushedDigest;

    @BeforeAll
    void aDebianImageIsPushedByOneEngineAndPulledByAnother(@TempDir Path temporary) throws Exception {
        dir = temporary;
        Path tar = dir.resolve("debian.tar");
        Command.run(Map.of(), "mmdebstrap", "--variant=apt", "--quiet", "bookworm", tar.toString())
                .succeeded();
        registry = RegistryProcess.start(dir.resolve("registry"));
        image = registry.domain() + "/debian:12";
        try (DaemonProcess publisher = DaemonProcess.start(dir.resolve("publisher"))) {
            publisher
                    .docker("import", "--change", "CMD [\"bash\"]", tar.toString(), image)
                    .succeeded();
            String push = publisher.docker("push", image).succeeded().out();
            assertThat(push).contains("The push refers to repository [" + registry.domain() + "/debian]");
            pushedDigest = push.replaceAll("(?s).*digest: (sha256:[0-9a-f]{64}).*", "$1");
        }
        daemon = DaemonProcess.start(dir.resolve("consumer"));
        String pull = daemon.berth("pull", image).succeeded().out();
        assertThat(pull).contains("Digest: " + pushedDigest).contains("Status: Downloaded newer image for " + image);
    }

    @AfterAll
    void stop() throws Exception {
        try {
            daemon.close();
        } finally {
            registry.close();
        }
    }

    @Test
    void theDistributionTellsItsName() {
        assertThat(run("cat", "/etc/os-release")).contains("VERSION_CODENAME=bookworm");
    }

    @Test
    void itsPackageManagerRuns() {
        assertThat(run("apt-get", "--version")).startsWith("apt 2.6");
    }

    @Test
    void theUserIsRootUnlessAnotherIsAskedFor() {
        assertThat(run("id")).isEqualTo("uid=0(root) gid=0(root) groups=0(root)\n");
        String nobody = daemon.docker("run", "--rm", "--network", "none", "--user", "nobody", image, "id")
                .succeeded()
                .out();
        assertThat(nobody).isEqualTo("uid=65534(nobody) gid=65534(nogroup) groups=65534(nogroup)\n");
        String numbers = daemon.docker("run", "--rm", "--network", "none", "--user", "1000:50", image, "id")
                .succeeded()
                .out();
        assertThat(numbers).isEqualTo("uid=1000 gid=50(staff) groups=50(staff)\n");
        daemon.docker("run", "--rm", "--network", "none", "--user", "no-such-user", image, "id")
                .exitedWith(125);
    }

    @Test
    void skopeoPullsTheSameManifest() {
        Command copy = Command.run(
                Map.of(),
                "skopeo",
                "copy",
                "--quiet",
                "--src-tls-verify=false",
                "docker://" + image,
                "oci:" + dir.resolve("skopeo") + ":debian");
        copy.succeeded();
        String inspected = Command.run(
                        Map.of(),
                        "skopeo",
                        "inspect",
                        "--tls-verify=false",
                        "--format",
                        "{{.Digest}}",
                        "docker://" + image)
                .succeeded()
                .out()
                .strip();
        assertThat(inspected).isEqualTo(pushedDigest);
        assertThat(daemon.docker("inspect", "--format", "{{index .RepoDigests 0}}", image)
                        .succeeded()
                        .out()
                        .strip())
                .isEqualTo(registry.domain() + "/debian@" + pushedDigest);
    }

    private String run(String... command) {
        String[] args = new String[command.length + 5];
        System.arraycopy(new String[] {"run", "--rm", "--network", "none", image}, 0, args, 0, 5);
        System.arraycopy(command, 0, args, 5, command.length);
        String ours = daemon.berth(args).succeeded().out();
        String official = daemon.docker(args).succeeded().out();
        assertThat(ours).isEqualTo(official);
        return official;
    }
}
