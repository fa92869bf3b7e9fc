package dev.berth.network.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.network.NetworkException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointOptionsTest {
    private static final String SYSCTLS = "com.docker.network.endpoint.sysctls";

    @Test
    void settingsAreReadInBothOfDockersSpellings() {
        EndpointOptions options = EndpointOptions.parse(Map.of(
                SYSCTLS,
                "net.ipv4.conf.IFNAME.log_martians=1,net.ipv6.neigh.ifname.gc_stale_time=30",
                "com.docker.network.endpoint.ifname",
                "lan0"));
        assertThat(options.interfaceName()).isEqualTo(Optional.of("lan0"));
        assertThat(options.sysctls())
                .isEqualTo(
                        Map.of("net.ipv4.conf.IFNAME.log_martians", "1", "net.ipv6.neigh.IFNAME.gc_stale_time", "30"));
        assertThat(EndpointOptions.parse(Map.of(SYSCTLS, ""))).isEqualTo(EndpointOptions.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kernel.x=1",
                "net.ipv4.conf.eth0.log_martians=1",
                "net.ipv4.conf.IFNAME.log_martians",
                "net.core.conf.IFNAME.x=1",
                "net.ipv4.conf.IFNAME.a=1,,"
            })
    void whatIsNoSettingOfAnInterfacesIsRefusedInDockersWords(String text) {
        assertThatThrownBy(() -> EndpointOptions.parse(Map.of(SYSCTLS, text)))
                .isInstanceOf(NetworkException.class)
                .hasMessageStartingWith("unrecognised network interface sysctl '");
    }

    @ParameterizedTest
    @ValueSource(strings = {"net.ipv4.../../x.IFNAME.y=1", "net.ipv4.conf.IFNAME.../../x=1"})
    void aSettingLeadsNowhereElse(String text) {
        assertThatThrownBy(() -> EndpointOptions.parse(Map.of(SYSCTLS, text))).isInstanceOf(NetworkException.class);
    }

    @Test
    void anOptionThatThereIsNotIsNamed() {
        assertThatThrownBy(() -> EndpointOptions.parse(Map.of("b", "", "a", "x")))
                .hasMessage("an endpoint has no option a, b; leave it out");
        assertThatThrownBy(() -> EndpointOptions.parse(Map.of("com.docker.network.endpoint.ifname", "a/b")))
                .hasMessageStartingWith("invalid interface name a/b: ");
    }
}
