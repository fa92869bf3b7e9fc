package dev.berth.build.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.berth.build.BuildException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GitAddressTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "https://host/a/x.git | https://host/a/x.git | '' | ''",
                "https://host/x.git#main:sub/dir | https://host/x.git | main | sub/dir",
                "http://host:80/x.git#:sub | http://host:80/x.git | '' | sub",
                "https://host/x.git?ref=v1&subdir=/a/./b/ | https://host/x.git | v1 | a/b",
                "https://host/x.git?tag=v1 | https://host/x.git | refs/tags/v1 | ''",
                "git@host:a/x.git#feature/1 | git@host:a/x.git | feature/1 | ''",
                "git://host/x#main | git://host/x | main | ''",
                "ssh://git@host:22/x | ssh://git@host:22/x | '' | ''"
            })
    void anAddressNamesARepositoryAReferenceAndADirectory(String text, String remote, String ref, String directory) {
        GitAddress address = GitAddress.parse(text).orElseThrow();
        assertThat(address.remote()).isEqualTo(remote);
        assertThat(address.ref()).isEqualTo(ref);
        assertThat(address.directory()).isEqualTo(directory);
        assertThat(address.submodules()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://host/x.tar",
                "https://host/x.git/file",
                "file:///etc/x.git",
                "ext::sh -c id.git",
                "--upload-pack=id",
                "a/b",
                "x.git",
                "git@-oProxyCommand=id:x",
                "github.com/a/b"
            })
    void otherThingsAreNoRepositories(String text) {
        assertThat(GitAddress.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://host/x.git#--upload-pack=id",
                "https://host/x.git#a..b",
                "https://host/x.git#a b",
                "https://host/x.git#main:../out",
                "https://host/x.git#main:.git/hooks",
                "ssh://-oProxyCommand=id/x",
                "ssh://a@-oProxyCommand=id/x",
                "git@-oProxyCommand:x",
                "https://host/x y.git",
                "https://host/x.git?what=1",
                "https://host/x.git?ref",
                "https://host/x.git?ref=a#b",
                "https://host/x.git?tag=a&branch=b",
                "https://host/x.git?submodules=maybe",
                "https://host/x.git?checksum=main"
            })
    void anAddressThatMakesNoSenseIsRefused(String text) {
        assertThatExceptionOfType(BuildException.class).isThrownBy(() -> GitAddress.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://me:secret@host/x.git#--x", "https://me:secret@host/x.git?what=1"})
    void noMessageHasAPassword(String text) {
        assertThatExceptionOfType(BuildException.class)
                .isThrownBy(() -> GitAddress.parse(text))
                .withMessageContaining("me:xxxxx@host")
                .withMessageNotContaining("secret");
    }
}
