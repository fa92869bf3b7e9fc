package dev.berth.engine.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.engine.error.EngineException;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShareAddressTest {
    private static VolumeSource.FileSystem resolved(String type, String device, String... options)
            throws UnknownHostException {
        return new VolumeSource.FileSystem(type, device, List.of(options)).located();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nfs", "nfs4", "cifs"})
    void aNameInTheOptionsIsMadeAnAddress(String type) throws UnknownHostException {
        assertThat(resolved(type, "//localhost/x", "rw", "addr=localhost", "vers=4"))
                .isEqualTo(
                        new VolumeSource.FileSystem(type, "//localhost/x", List.of("rw", "addr=127.0.0.1", "vers=4")));
    }

    @ParameterizedTest
    @CsvSource({
        "//localhost/share,//127.0.0.1/share",
        "//user@localhost/share/a b,//user@127.0.0.1/share/a b",
        "//localhost,//127.0.0.1",
        "//10.1.2.3/share,//10.1.2.3/share",
        "//[::1]/share,//[::1]/share",
        "///share,///share",
        "elsewhere,elsewhere"
    })
    void aNameInTheDeviceOfCifsIsMadeAnAddress(String device, String expected) throws UnknownHostException {
        assertThat(resolved("cifs", device).device()).isEqualTo(expected);
    }

    @Test
    void whatIsNoShareIsLeftAsItIs() throws UnknownHostException {
        assertThat(resolved("tmpfs", "//localhost/x", "addr=localhost").options())
                .containsExactly("addr=localhost");
        assertThat(resolved("nfs", "localhost:/x", "addr=").device()).isEqualTo("localhost:/x");
        assertThat(resolved("nfs", ":/x", "addr=fd00::1").options()).containsExactly("addr=fd00:0:0:0:0:0:0:1");
    }

    @Test
    void aPortIsNoneOfTheDevices() {
        assertThatThrownBy(() -> ShareAddress.check("cifs", "//server:445/share"))
                .isInstanceOf(EngineException.class)
                .hasMessage("port not allowed in CIFS device URL, include 'port' in 'o='");
        assertThatCode(() -> {
                    ShareAddress.check("nfs", "//server:445/share");
                    ShareAddress.check("cifs", "//[fd00::1]/share");
                })
                .doesNotThrowAnyException();
    }
}
