package dev.berth.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.lifecycle.Startables;

class NetworkTest {
    @Test
    void containersOfANetworkFindEachOtherByTheirAliases() throws IOException, InterruptedException {
        try (Network network = Network.newNetwork();
                GenericContainer<?> web = Web.container().withNetwork(network).withNetworkAliases("web", "shop");
                GenericContainer<?> client = new GenericContainer<>(Images.BUSYBOX)
                        .withNetwork(network)
                        .withCommand("sleep", "1000");
                GenericContainer<?> stranger = new GenericContainer<>(Images.BUSYBOX).withCommand("sleep", "1000")) {
            Startables.deepStart(web, client, stranger).join();
            assertThat(client.execInContainer("wget", "-q", "-O-", "http://shop:8080/").getStdout())
                    .isEqualTo(Web.PAGE);
            assertThat(client.execInContainer("wget", "-q", "-O-", "http://web:8080/").getStdout())
                    .isEqualTo(Web.PAGE);
            assertThat(stranger.execInContainer("nslookup", "shop").getExitCode()).isNotZero();
            assertThat(Web.get(web)).isEqualTo(Web.PAGE);
        }
    }
}
