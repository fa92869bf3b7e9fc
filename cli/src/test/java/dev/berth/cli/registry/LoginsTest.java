package dev.berth.cli.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.cli.CliException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoginsTest {
    @TempDir
    Path folder;

    private Logins read() {
        return Logins.read(folder);
    }

    private void write(String json) throws IOException {
        Files.writeString(folder.resolve("config.json"), json);
    }

    @ParameterizedTest
    @CsvSource({
        "'', https://index.docker.io/v1/",
        "docker.io, https://index.docker.io/v1/",
        "https://index.docker.io/v1/, https://index.docker.io/v1/",
        "localhost:5000, localhost:5000",
        "https://registry.example/v2/, registry.example"
    })
    void aServerIsKnownByItsHost(String typed, String server) {
        assertThat(Logins.server(typed)).isEqualTo(server);
    }

    @Test
    void whatIsKeptIsFoundAndForgottenAndTheRestStays() throws Exception {
        write("{\"HttpHeaders\":{\"X\":\"y\"},\"auths\":{\"other\":{\"auth\":\"YTpi\"}}}");
        assertThat(read().keep("localhost:5000", new Login("me", "p:w", ""))).isTrue();
        assertThat(read().find("localhost:5000")).contains(new Login("me", "p:w", ""));
        assertThat(read().find("other")).contains(new Login("a", "b", ""));
        assertThat(read().forget("localhost:5000")).isTrue();
        assertThat(read().forget("localhost:5000")).isFalse();
        assertThat(read().find("localhost:5000")).isEmpty();
        assertThat(Files.readString(folder.resolve("config.json"))).contains("\"X\": \"y\"", "YTpi");
    }

    @Test
    void blanksInWhatTheFileSaysStay() throws Exception {
        write("{\"psFormat\":\"{{.ID}}    {{.Names}}\"}");
        read().keep("localhost:5000", new Login("me", "pw", ""));
        assertThat(Files.readString(folder.resolve("config.json")))
                .startsWith("{\n\t\"psFormat\": \"{{.ID}}    {{.Names}}\",\n\t\"auths\": {\n\t\t\"localhost:5000\": {");
        assertThat(read().find("localhost:5000")).contains(new Login("me", "pw", ""));
    }

    @Test
    void anIdentityTokenStandsForThePassword() {
        read().keep("localhost:5000", new Login("me", "", "t0ken"));
        assertThat(read().find("localhost:5000")).contains(new Login("me", "", "t0ken"));
        assertThat(read().header("localhost:5000")).containsKey("X-Registry-Auth");
        assertThat(new Login("me", "secret", "t0ken")).hasToString("Login[user=me]");
    }

    @Test
    void anEntryWithASchemeIsFoundToo() throws Exception {
        write("{\"auths\":{\"https://registry.example\":{\"auth\":\"YTpi\"}}}");
        assertThat(read().find("registry.example")).contains(new Login("a", "b", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"auths\":{\"s\":{\"auth\":\"%%%\"}}}",
                "{\"auths\":{\"s\":{\"auth\":\"YQ==\"}}}",
                "{\"credsStore\":\"../../bin/sh\"}",
                "{\"credHelpers\":{\"s\":\"no such program\"}}"
            })
    void aMalformedEntryIsSaidWithoutASecret(String json) throws Exception {
        write(json);
        assertThatThrownBy(() -> read().find("s"))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("config.json");
    }

    @Test
    void aFileThatIsNoJsonIsNamed() throws Exception {
        write("{");
        assertThatThrownBy(this::read).hasMessageStartingWith("cannot read " + folder.resolve("config.json"));
    }
}
