package dev.berth.engine.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.engine.network.InterfaceTraffic.Direction;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InterfaceTrafficTest {
    @Test
    void theKernelsTableIsRead() {
        String table = """
                Inter-|   Receive                                                |  Transmit
                 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                    lo:     504       6    0    0    0     0          0         0      504       6    0    0    0     0       0          0
                  eth0:1234567890123 12 3 4    0     0          0         0      9876      54    3    2    0     0       0          0
                eth0:1:       1       2    3    4    0     0          0         0        5       6    7    8    0     0       0          0
                """;
        assertThat(InterfaceTraffic.parse(table))
                .containsOnlyKeys("lo", "eth0", "eth0:1")
                .containsAllEntriesOf(Map.of(
                        "eth0",
                        new InterfaceTraffic(new Direction(1234567890123L, 12, 3, 4), new Direction(9876, 54, 3, 2)),
                        "eth0:1",
                        new InterfaceTraffic(new Direction(1, 2, 3, 4), new Direction(5, 6, 7, 8))));
    }

    @Test
    void onlyThoseThatAreAskedForAreTold() throws IOException {
        int own = Math.toIntExact(ProcessHandle.current().pid());
        assertThat(InterfaceTraffic.of(own, List.of("lo", "nosuch"))).containsOnlyKeys("lo");
    }

    @Test
    void aProcessThatIsGoneHasNone() {
        assertThatThrownBy(() -> InterfaceTraffic.of(Integer.MAX_VALUE, List.of("lo")))
                .isInstanceOf(IOException.class);
    }
}
