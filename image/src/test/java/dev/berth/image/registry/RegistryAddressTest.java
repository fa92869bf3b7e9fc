package dev.berth.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.image.oci.ImageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RegistryAddressTest {
    @ParameterizedTest
    @CsvSource({
        "docker.io, VERIFIED",
        "registry.example, VERIFIED",
        "localhost:5000, LOOPBACK",
        "127.3.2.1, LOOPBACK",
        "[::1]:5000, LOOPBACK",
        "localhost.example:5000, VERIFIED",
        "lab.example:5000, INSECURE",
        "lab.example, VERIFIED",
        "any.example:1, INSECURE",
        "10.1.2.3:5000, INSECURE",
        "10.2.2.3:5000, VERIFIED",
        "[fd00:12::1]:5000, INSECURE",
    })
    void onlyLoopbackAndWhatIsListedIsInsecure(String domain, RegistryAddress.Trust trust) throws ImageException {
        RegistryOptions options = RegistryOptions.DEFAULT
                .withCertificates(List.of())
                .withInsecure(List.of("lab.example:5000", "any.example", "10.1.0.0/16", "fd00:12::/32"));
        assertThat(RegistryAddress.of(domain, options).trust()).isEqualTo(trust);
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.0/33", "10.0.0.0/x", "name/8"})
    void aRangeThatIsNoneIsSaid(String range) {
        RegistryOptions options = RegistryOptions.DEFAULT.withInsecure(List.of(range));
        assertThatThrownBy(() -> RegistryAddress.of("10.1.2.3", options)).hasMessageContaining("not a range");
    }

    @Test
    void aLoopbackRegistryWithItsOwnAuthorityIsVerified(@TempDir Path dir) throws Exception {
        Files.writeString(Files.createDirectories(dir.resolve("localhost:5000")).resolve("ca.crt"), "");
        RegistryOptions options = RegistryOptions.DEFAULT.withCertificates(List.of(dir));
        assertThat(RegistryAddress.of("localhost:5000", options).trust()).isEqualTo(RegistryAddress.Trust.VERIFIED);
        assertThat(RegistryAddress.of("localhost:5001", options).trust()).isEqualTo(RegistryAddress.Trust.LOOPBACK);
    }

    @Test
    void dockerHubIsElsewhereThanItsName() throws ImageException {
        assertThat(RegistryAddress.of("docker.io", RegistryOptions.DEFAULT).uri("https", "/v2/"))
                .hasToString("https://registry-1.docker.io/v2/");
    }
}
