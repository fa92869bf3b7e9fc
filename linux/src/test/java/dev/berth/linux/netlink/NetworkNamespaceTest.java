package dev.berth.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.linux.LinuxException;
import dev.berth.linux.process.Pidfd;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@Needs(Need.ROOT)
class NetworkNamespaceTest {
    private static final Path OWN = Path.of("/proc/thread-self/ns/net");

    @Test
    void aNewOneHasOnlyALoopbackInterfaceAndTheCallersStaysTheSame() throws IOException {
        Path before = Files.readSymbolicLink(OWN);
        try (NetworkNamespace made = NetworkNamespace.create();
                Rtnetlink net = Rtnetlink.open(made)) {
            assertThat(net.links().list()).singleElement().satisfies(link -> {
                assertThat(link.name()).isEqualTo("lo");
                assertThat(link.isLoopback()).isTrue();
                assertThat(link.isUp()).isFalse();
            });
            assertThat(made.call(() -> Files.readSymbolicLink(OWN))).isNotEqualTo(before);
        }
        assertThat(Files.readSymbolicLink(OWN)).isEqualTo(before);
    }

    @Test
    void itIsOpenedAgainByItsPathAndByAProcessInIt() throws IOException {
        try (NetworkNamespace made = NetworkNamespace.create();
                NetworkNamespace again = NetworkNamespace.open(made.path());
                NetworkNamespace twice = made.duplicate()) {
            Path identity = made.call(() -> Files.readSymbolicLink(OWN));
            assertThat(again.call(() -> Files.readSymbolicLink(OWN))).isEqualTo(identity);
            assertThat(twice.call(() -> Files.readSymbolicLink(OWN))).isEqualTo(identity);
        }
        try (Pidfd self = Pidfd.open((int) ProcessHandle.current().pid());
                NetworkNamespace own = NetworkNamespace.of(self);
                NetworkNamespace current = NetworkNamespace.current()) {
            assertThat(own.call(() -> Files.readSymbolicLink(OWN)))
                    .isEqualTo(current.call(() -> Files.readSymbolicLink(OWN)));
        }
    }

    @Test
    void workOfAVirtualThreadIsDoneInsideAndTheThreadStaysOutside() throws Exception {
        try (NetworkNamespace made = NetworkNamespace.create()) {
            Path inside = made.call(() -> Files.readSymbolicLink(OWN));
            Path host = Files.readSymbolicLink(OWN);
            Thread virtual = Thread.ofVirtual().start(() -> {
                assertThat(made.call(() -> Files.readSymbolicLink(OWN))).isEqualTo(inside);
                try {
                    assertThat(Files.readSymbolicLink(OWN)).isEqualTo(host);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            virtual.join();
            assertThat(virtual.getState()).isEqualTo(Thread.State.TERMINATED);
        }
    }

    @Test
    void noThreadThatIsMadeForVirtualOnesStaysInside() throws Exception {
        Path host = Files.readSymbolicLink(OWN);
        AtomicBoolean over = new AtomicBoolean();
        try (NetworkNamespace made = NetworkNamespace.create()) {
            Thread waiting = Thread.ofVirtual().start(() -> made.run(() -> sleep(100)));
            Thread.sleep(50);
            Thread busy = Thread.ofVirtual()
                    .start(
                            () -> { // so that who wakes the others needs one more carrier
                                while (!over.get()) {
                                    Thread.onSpinWait();
                                }
                            });
            waiting.join();
            over.set(true);
            busy.join();
            try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
                assertThat(threads.filter(thread -> isElsewhere(thread, host))).isEmpty();
            }
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isElsewhere(Path thread, Path namespace) {
        try {
            return !Files.readSymbolicLink(thread.resolve("ns/net")).equals(namespace)
                    && !Files.readString(thread.resolve("comm")).startsWith("berth-netns");
        } catch (IOException e) {
            return false; // it has ended
        }
    }

    @Test
    void noneIsLeftOpen() throws IOException {
        long before = openNamespacesAndSockets();
        for (int i = 0; i < 10; i++) {
            try (NetworkNamespace made = NetworkNamespace.create();
                    Rtnetlink net = Rtnetlink.open(made)) {
                assertThat(net.links().list()).hasSize(1);
            }
            assertThatThrownBy(() -> NetworkNamespace.open("/proc/self/ns/mnt")).isInstanceOf(LinuxException.class);
        }
        assertThat(openNamespacesAndSockets()).isEqualTo(before);
    }

    private static long openNamespacesAndSockets() throws IOException {
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .filter(Files::isSymbolicLink)
                    .filter(descriptor -> {
                        try {
                            String target = Files.readSymbolicLink(descriptor).toString();
                            return target.startsWith("net:")
                                    || target.startsWith("mnt:")
                                    || target.startsWith("socket:");
                        } catch (IOException e) {
                            return false; // closed meanwhile
                        }
                    })
                    .count();
        }
    }

    @Test
    void whatTheWorkThrowsReachesTheCaller() {
        try (NetworkNamespace made = NetworkNamespace.create()) {
            assertThatThrownBy(() -> made.run(() -> {
                        throw new IllegalStateException("of the work");
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("of the work");
            assertThatThrownBy(() -> made.call(() -> {
                        throw new FileNotFoundException("no such");
                    }))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasRootCauseMessage("no such");
        }
    }

    @Test
    void aFileThatIsNoNamespaceAndOneThatIsNotThereAreRefused() {
        assertThatThrownBy(() -> NetworkNamespace.open("/proc/self/status"))
                .isInstanceOf(LinuxException.class)
                .hasMessage("open /proc/self/status: invalid argument (EINVAL): it is not a network namespace");
        assertThatThrownBy(() -> NetworkNamespace.open("/proc/self/ns/mnt"))
                .hasMessageEndingWith("it is not a network namespace");
        assertThatThrownBy(() -> NetworkNamespace.open("/run/netns/of-nobody"))
                .hasMessage("open network namespace /run/netns/of-nobody: no such file or directory (ENOENT)");
    }

    @Test
    void settingsOfAnInterfaceAreWrittenInItAndNotOnTheHost() {
        int host = InterfaceSysctl.DISABLE_IPV6.read("lo");
        try (NetworkNamespace made = NetworkNamespace.create()) {
            made.run(() -> {
                InterfaceSysctl.DISABLE_IPV6.write("lo", 1 - host);
                InterfaceSysctl.ROUTE_LOCALNET.write("all", 1);
                InterfaceSysctl.ACCEPT_RA.write("default", 0);
            });
            assertThat(made.call(() -> InterfaceSysctl.DISABLE_IPV6.read("lo"))).isEqualTo(1 - host);
            assertThat(made.call(() -> InterfaceSysctl.ROUTE_LOCALNET.read("all")))
                    .isEqualTo(1);
            assertThatThrownBy(() -> made.run(() -> InterfaceSysctl.IPV4_FORWARDING.write("absent0", 1)))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageStartingWith("set forwarding of interface absent0 to 1: ");
        }
        assertThat(InterfaceSysctl.DISABLE_IPV6.read("lo")).isEqualTo(host);
    }
}
