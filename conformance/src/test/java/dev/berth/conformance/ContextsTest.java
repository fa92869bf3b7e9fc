package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contexts that one command line makes, in the hands of the other: they share Docker's files. */
@Needs(Need.DOCKER_CLI)
class ContextsTest {
    @TempDir
    Path home;

    private record Said(String out, String err, int code) {
        String all() {
            return out + "stderr: " + err.replace("Berth", "Docker").replace("berth", "docker") + "= " + code;
        }
    }

    private Map<String, String> environment() {
        return Map.of("DOCKER_CONFIG", home.toString(), "HOME", home.toString());
    }

    private Said docker(String... words) {
        List<String> all = new ArrayList<>(List.of("docker"));
        all.addAll(List.of(words));
        return said(Command.run(environment(), all.toArray(String[]::new)));
    }

    private Said berth(String... words) {
        return said(Command.berth(environment(), new byte[0], words));
    }

    private static Said said(Command done) {
        return new Said(done.out(), done.err(), done.exitCode());
    }

    private void areAlike(String... words) {
        assertThat(berth(words).all())
                .as(String.join(" ", words))
                .isEqualTo(docker(words).all());
    }

    @Test
    void whatOneMakesTheOtherKnows() throws IOException {
        assertThat(berth("context", "create", "ours", "--description", "by us", "--docker", "host=unix:///tmp/x")
                        .all())
                .isEqualTo("ours\nstderr: Successfully created context \"ours\"\n= 0");
        assertThat(docker("context", "create", "theirs", "--docker", "host=tcp://there:2375")
                        .code())
                .isZero();
        areAlike("context", "inspect", "ours", "theirs");
        areAlike("context", "ls", "-q");
        areAlike("context", "ls", "--format", "{{.Name}}|{{.Description}}|{{.Current}}");
        assertThat(berth("context", "use", "theirs").code()).isZero();
        assertThat(docker("context", "show").out()).isEqualTo("theirs\n");
        assertThat(docker("context", "use", "ours").code()).isZero();
        assertThat(berth("context", "show").out()).isEqualTo("ours\n");
        areAlike("ps");
        areAlike("-c", "nope", "ps");
        areAlike("context", "rm", "ours");
        assertThat(berth("context", "rm", "-f", "ours").code()).isZero();
        areAlike("context", "show");
        areAlike("context", "rm", "ours");
        areAlike("context", "inspect", "ours");
        areAlike("context", "create", "theirs", "--docker", "host=unix:///x");
        areAlike("context", "create", "a b", "--docker", "host=unix:///x");
    }

    @Test
    void whatOneExportsTheOtherImports() throws IOException {
        Path authority = Files.writeString(home.resolve("authority"), "a certificate\n");
        berth("context", "create", "ours", "--docker", "host=tcp://there:2376,ca=" + authority);
        String file = home.resolve("file").toString();
        assertThat(berth("context", "export", "ours", file).code()).isZero();
        assertThat(docker("context", "import", "again", file).err()).contains("Successfully imported");
        areAlike("context", "inspect", "again", "-f", "{{json .Endpoints}} {{json .TLSMaterial}}");
        String other = home.resolve("other").toString();
        assertThat(docker("context", "export", "again", other).code()).isZero();
        assertThat(berth("context", "import", "back", other).err()).contains("Successfully imported");
        areAlike("context", "inspect", "back", "-f", "{{json .Endpoints}} {{json .TLSMaterial}}");
        assertThat(home.resolve("contexts/tls").toFile().list()).hasSize(3);
    }
}
