package dev.berth.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.image.oci.ImageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DockerConfigTest {
    @TempDir
    Path dir;

    @Test
    void aFileThatIsMissingHasNoCredentials() throws IOException {
        assertThat(DockerConfig.read(dir.resolve("none")).credentials("localhost:5000"))
                .isEqualTo(Credentials.ANONYMOUS);
    }

    @Test
    void credentialsAreFoundUnderTheNamesThatClientsHaveUsed() throws IOException {
        String auth = base64("alice:pa:ss");
        DockerConfig config = config("""
                {"auths": {
                  "https://index.docker.io/v1/": {"auth": "%1$s"},
                  "plain.example:5000": {"auth": "%1$s"},
                  "https://url.example/v1/": {"auth": "%1$s"},
                  "parts.example": {"username": "bob", "password": "b"},
                  "token.example": {"auth": "%1$s", "identitytoken": "idt"}
                }}""".formatted(auth));
        Credentials alice = new Credentials.Basic("alice", "pa:ss");
        assertThat(config.credentials("docker.io")).isEqualTo(alice);
        assertThat(config.credentials("plain.example:5000")).isEqualTo(alice);
        assertThat(config.credentials("url.example")).isEqualTo(alice);
        assertThat(config.credentials("parts.example")).isEqualTo(new Credentials.Basic("bob", "b"));
        assertThat(config.credentials("token.example")).isEqualTo(new Credentials.IdentityToken("idt"));
        assertThat(config.credentials("plain.example")).isEqualTo(Credentials.ANONYMOUS);
    }

    @Test
    void whatIsMalformedIsSaidWithoutRepeatingIt() throws IOException {
        assertThatThrownBy(() -> config("{\"auths\": s3cret"))
                .isInstanceOf(ImageException.class)
                .hasMessageNotContaining("s3cret");
        DockerConfig config = config(
                "{\"auths\": {\"a\": {\"auth\": \"%s\"}, \"b\": {\"auth\": \"s3cret!\"}}}".formatted(base64("s3cret")));
        for (String domain : new String[] {"a", "b"}) {
            assertThatThrownBy(() -> config.credentials(domain))
                    .isInstanceOf(ImageException.class)
                    .hasMessageNotContaining("s3cret");
        }
    }

    @Test
    void aCredentialProgramThatIsMissingOrNoProgramIsSaid() throws IOException {
        assertThatThrownBy(
                        () -> config("{\"credsStore\": \"berth-test-nosuch\"}").credentials("a"))
                .hasMessageContaining("can't run docker-credential-berth-test-nosuch");
        assertThatThrownBy(() ->
                        config("{\"credHelpers\": {\"a\": \"../../bin/sh\"}}").credentials("a"))
                .hasMessageContaining("no credential program's name");
    }

    @Test
    void aCredentialProgramIsAskedForTheRegistry() throws IOException {
        assertThat(program("read key; echo \"{\\\"Username\\\":\\\"$key\\\",\\\"Secret\\\":\\\"s\\\"}\"")
                        .credentials("host:1"))
                .isEqualTo(new Credentials.Basic("host:1", "s"));
        assertThat(program("echo '{\"Username\":\"<token>\",\"Secret\":\"t\"}'").credentials("a"))
                .isEqualTo(new Credentials.IdentityToken("t"));
        assertThat(program("echo credentials not found in native keychain; exit 1")
                        .credentials("a"))
                .isEqualTo(Credentials.ANONYMOUS);
        CredentialProgram locked = program("echo keychain is locked; exit 1");
        assertThatThrownBy(() -> locked.credentials("a"))
                .hasMessageEndingWith("gave no credentials: keychain is locked");
        CredentialProgram talking = program("echo s3cret");
        assertThatThrownBy(() -> talking.credentials("a"))
                .isInstanceOf(ImageException.class)
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void theHeaderIsReadInEitherAlphabetOfBase64() throws IOException {
        String json = "{\"username\":\"ä??>~\",\"password\":\"ÿÿ>?\",\"serveraddress\":\"x\"}";
        Credentials expected = new Credentials.Basic("ä??>~", "ÿÿ>?");
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        assertThat(DockerConfig.parseHeader(Base64.getUrlEncoder().encodeToString(bytes)))
                .isEqualTo(expected);
        assertThat(DockerConfig.parseHeader(
                        Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)))
                .isEqualTo(expected);
        assertThat(DockerConfig.parseHeader(base64(json))).isEqualTo(expected);
        assertThat(DockerConfig.parseHeader(base64("{\"identitytoken\":\"t\"}")))
                .isEqualTo(new Credentials.IdentityToken("t"));
        assertThat(DockerConfig.parseHeader(base64("{\"registrytoken\":\"t\"}")))
                .isEqualTo(new Credentials.RegistryToken("t"));
        assertThat(DockerConfig.parseHeader("")).isEqualTo(Credentials.ANONYMOUS);
        assertThat(DockerConfig.parseHeader(base64("{}"))).isEqualTo(Credentials.ANONYMOUS);
        assertThat(DockerConfig.parseHeader(base64("null"))).isEqualTo(Credentials.ANONYMOUS);
        for (String malformed : new String[] {"%%%", base64("s3cret"), base64("[]"), base64("{\"username\":5}")}) {
            assertThatThrownBy(() -> DockerConfig.parseHeader(malformed))
                    .isInstanceOfSatisfying(
                            ImageException.class, e -> assertThat(e.kind()).isEqualTo(ImageException.Kind.BAD_REQUEST))
                    .hasMessageNotContaining("s3cret");
        }
    }

    private CredentialProgram program(String script) throws IOException {
        Path file = Files.writeString(dir.resolve("program"), "#!/bin/sh\n" + script + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return new CredentialProgram(file.toString());
    }

    private DockerConfig config(String json) throws IOException {
        return DockerConfig.read(Files.writeString(dir.resolve("config.json"), json));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
