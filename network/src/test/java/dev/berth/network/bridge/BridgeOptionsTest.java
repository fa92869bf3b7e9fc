package dev.berth.network.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.network.NetworkException;
import dev.berth.network.address.IpAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BridgeOptionsTest {
    @Test
    void dockersOptionsAreRead() {
        BridgeOptions options = BridgeOptions.parse(Map.of(
                "com.docker.network.bridge.name", "lab0",
                "com.docker.network.bridge.enable_icc", "false",
                "com.docker.network.bridge.enable_ip_masquerade", "0",
                "com.docker.network.bridge.gateway_mode_ipv6", "routed",
                "com.docker.network.bridge.host_binding_ipv4", "127.0.0.1",
                "com.docker.network.bridge.trusted_host_interfaces", "vpn0:vpn1",
                "com.docker.network.driver.mtu", "1400",
                "com.docker.network.container_iface_prefix", "net"));
        assertThat(options.name()).contains("lab0");
        assertThat(options.interContainer()).isFalse();
        assertThat(options.masquerade()).isFalse();
        assertThat(options.gatewayModeIpv4()).isEqualTo(GatewayMode.NAT);
        assertThat(options.gatewayModeIpv6()).isEqualTo(GatewayMode.ROUTED);
        assertThat(options.hostBinding()).contains(IpAddress.of("127.0.0.1"));
        assertThat(options.trustedInterfaces()).isEqualTo(List.of("vpn0", "vpn1"));
        assertThat(options.mtu()).hasValue(1400);
        assertThat(options.containerPrefix()).isEqualTo("net");
        assertThat(BridgeOptions.DEFAULT.interContainer()).isTrue();
        assertThat(BridgeOptions.DEFAULT.containerPrefix()).isEqualTo("eth");
    }

    @ParameterizedTest
    @CsvSource({
        "com.docker.network.bridge.enable_icc, maybe",
        "com.docker.network.bridge.gateway_mode_ipv4, open",
        "com.docker.network.bridge.host_binding_ipv4, ::1",
        "com.docker.network.bridge.name, a/b",
        "com.docker.network.bridge.name, averyveryverylongname",
        "com.docker.network.driver.mtu, 12",
        "com.docker.network.driver.mtu, -1",
        "com.docker.network.container_iface_prefix, thirteenchars",
    })
    void aValueThatMakesNoSenseIsRefusedByTheNameOfItsOption(String option, String value) {
        assertThatThrownBy(() -> BridgeOptions.parse(Map.of(option, value)))
                .isInstanceOf(NetworkException.class)
                .hasMessageStartingWith("failed to parse " + option + " value: " + value + " (");
    }

    @Test
    void anOptionThatNobodyKnowsIsRefusedByName() {
        assertThatThrownBy(() -> BridgeOptions.parse(Map.of("com.docker.network.bridge.colour", "red")))
                .hasMessage("the bridge driver has no option com.docker.network.bridge.colour; leave it out");
    }

    @Test
    void aBridgeIsCalledAfterItsNetwork() {
        assertThat(BridgeSpec.interfaceName("0123456789abcdef", BridgeOptions.DEFAULT))
                .isEqualTo("br-0123456789ab");
    }
}
