package dev.berth.engine.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LinkEnvironmentTest {
    @Test
    void aPortIsToldInFullAndTheFirstOneByItself() {
        assertThat(LinkEnvironment.of(
                        "/client/the-db",
                        "172.17.0.2",
                        List.of("PASSWORD=a=b", "PATH=/bin", "HOME=/root", "EMPTY="),
                        List.of("5433/udp", "5432/tcp")))
                .containsExactly(
                        "THE_DB_PORT=tcp://172.17.0.2:5432",
                        "THE_DB_PORT_5432_TCP=tcp://172.17.0.2:5432",
                        "THE_DB_PORT_5432_TCP_ADDR=172.17.0.2",
                        "THE_DB_PORT_5432_TCP_PORT=5432",
                        "THE_DB_PORT_5432_TCP_PROTO=tcp",
                        "THE_DB_PORT_5433_UDP=udp://172.17.0.2:5433",
                        "THE_DB_PORT_5433_UDP_ADDR=172.17.0.2",
                        "THE_DB_PORT_5433_UDP_PORT=5433",
                        "THE_DB_PORT_5433_UDP_PROTO=udp",
                        "THE_DB_NAME=/client/the-db",
                        "THE_DB_ENV_PASSWORD=a=b",
                        "THE_DB_ENV_EMPTY=");
    }

    @Test
    void portsInARowAreToldAsOneBesides() {
        assertThat(LinkEnvironment.of("/c/db", "10.0.0.2", List.of(), List.of("82/tcp", "80", "81/tcp", "90/tcp")))
                .startsWith(
                        "DB_PORT=tcp://10.0.0.2:80",
                        "DB_PORT_80_TCP_START=tcp://10.0.0.2:80",
                        "DB_PORT_80_TCP_ADDR=10.0.0.2",
                        "DB_PORT_80_TCP_PROTO=tcp",
                        "DB_PORT_80_TCP_PORT_START=80",
                        "DB_PORT_82_TCP_END=tcp://10.0.0.2:82",
                        "DB_PORT_82_TCP_PORT_END=82",
                        "DB_PORT_80_TCP=tcp://10.0.0.2:80")
                .contains("DB_PORT_90_TCP_PORT=90")
                .doesNotContain("DB_PORT_90_TCP_START=tcp://10.0.0.2:90");
    }

    @Test
    void oneWithoutPortsAndVariablesHasItsName() {
        assertThat(LinkEnvironment.of("/c/db", "10.0.0.2", List.of(), List.of()))
                .containsExactly("DB_NAME=/c/db");
    }
}
