package dev.berth.conformance.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.conformance.DaemonProcess;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The daemon is killed again and again while many clients load it. A few times in the ordinary run; {@code
 * conformance/crash} does it as often as one wishes. What the clients do and when the daemon is killed follows from the
 * seed, which is printed; how the two meet does not.
 */
@Needs({Need.ROOT, Need.BUSYBOX, Need.DOCKER_REGISTRY})
@LeavesNothingBehind
class CrashTest {
    private static final int ROUNDS = Integer.getInteger("crash.rounds", 5);
    private static final int CLIENTS = Integer.getInteger("crash.clients", 8);
    private static final long SEED = Long.getLong("crash.seed", System.nanoTime());
    /** Whether containers are to outlive the daemon. */
    private static final boolean LIVE = !"false".equals(System.getProperty("crash.live"));

    /** A daemon is killed when this many operations of all clients were answered, at most, and a moment later. */
    private static final int MOST_OPERATIONS = 80;

    private static final int MOST_MILLIS = 50;
    private static final int MOST_STARTUP_MILLIS = 1500;
    private static final int PATIENCE_MILLIS = 20_000;

    @TempDir
    Path home;

    private final Random random = new Random(SEED);
    private final List<Client> clients = new ArrayList<>();

    @Test
    void theDaemonKeepsItsWordThroughCrashesAtRandomInstants() throws Exception {
        System.out.println("crash: seed " + SEED + ", " + ROUNDS + " rounds, " + CLIENTS + " clients");
        Path daemonHome = home.resolve("daemon");
        DaemonProcess daemon = DaemonProcess.start(daemonHome);
        SocketClient socket = new SocketClient(daemon.socket());
        try (Fixture fixture = Fixture.make(home, socket, CLIENTS, random)) {
            Aftermath aftermath = new Aftermath(socket, new Traces(fixture.mark(), daemonHome), LIVE);
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(new Client(socket, i, new Random(random.nextLong()), fixture));
            }
            for (int round = 1; round <= ROUNDS; round++) {
                crash(daemon, round);
                daemon = next(daemonHome);
                try {
                    aftermath.check(clients);
                } catch (AssertionError e) {
                    throw new AssertionError("seed " + SEED + ", round " + round + ": " + e.getMessage(), e);
                }
            }
            removeAll(socket);
            aftermath.check(List.of());
            removeImages(socket);
            aftermath.noImages();
            System.out.println("crash: seed " + SEED + ": " + ROUNDS + " kills, "
                    + done() + " operations answered, " + aftermath.lines()
                    + " lines of output whole, " + aftermath.unfinished()
                    + " remains of interrupted work removed; nothing lost, nothing orphaned");
            daemon.close();
        } catch (Exception | AssertionError e) {
            daemon.kill();
            end(daemonHome, e);
            throw e;
        }
    }

    /** Kills the daemon while all clients work. */
    private void crash(DaemonProcess daemon, int round) throws Exception {
        List<CompletableFuture<Void>> working = new ArrayList<>();
        for (Client client : clients) {
            CompletableFuture<Void> end = new CompletableFuture<>();
            working.add(end);
            Thread.ofVirtual().name("crash-client").start(() -> {
                try {
                    client.work();
                    end.complete(null);
                } catch (Throwable e) {
                    end.completeExceptionally(e);
                }
            });
        }
        awaitOperations(random.nextInt(MOST_OPERATIONS));
        Thread.sleep(random.nextInt(MOST_MILLIS));
        daemon.kill();
        for (int i = 0; i < clients.size(); i++) {
            Client client = clients.get(i);
            try {
                working.get(i).get(60, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw new AssertionError("seed " + SEED + ", round " + round + ": " + e.getCause(), e);
            } catch (TimeoutException e) {
                throw new AssertionError("client " + i + " still waits for " + client.doing(), e);
            }
            client.containers().forEach(container -> container.crashed |= container.started != Expectation.Word.NO);
        }
    }

    /** Waits until so many more were answered; on a host that is too busy, until patience is at its end. */
    private void awaitOperations(int more) throws InterruptedException {
        int before = done();
        for (int waited = 0; done() - before < more && waited < PATIENCE_MILLIS; waited += 5) {
            Thread.sleep(5);
        }
    }

    private int done() {
        return clients.stream().mapToInt(Client::done).sum();
    }

    /** Starts the next daemon; now and then it is killed before it answers, and another one has to. */
    private DaemonProcess next(Path daemonHome) throws IOException, InterruptedException {
        while (random.nextInt(5) == 0) {
            DaemonProcess unlucky = DaemonProcess.begin(daemonHome);
            Thread.sleep(random.nextInt(MOST_STARTUP_MILLIS));
            unlucky.kill();
        }
        DaemonProcess daemon = DaemonProcess.start(daemonHome);
        awaitAnswer(new SocketClient(daemon.socket()));
        return daemon;
    }

    /** What was being made when the last daemon was killed may hold its socket open for a moment longer. */
    private static void awaitAnswer(SocketClient socket) throws InterruptedException {
        for (int waited = 0; waited < PATIENCE_MILLIS; waited += 20) {
            try {
                if (socket.get("/_ping").isDone()) {
                    return;
                }
            } catch (IOException e) {
                Thread.sleep(20);
            }
        }
        throw new AssertionError("the daemon does not answer");
    }

    /** After a failure: ends what runs, by another daemon, and hides not why. */
    private static void end(Path daemonHome, Throwable failure) {
        try (DaemonProcess last = DaemonProcess.start(daemonHome)) {
            removeAll(new SocketClient(last.socket()));
        } catch (IOException | InterruptedException | AssertionError e) {
            failure.addSuppressed(e);
        }
    }

    /** With all that builds came to: what is left then, nothing would ever remove. */
    private static void removeImages(SocketClient socket) throws IOException {
        for (var image : socket.get("/images/json").json().list()) {
            assertThat(socket.delete("/images/" + image.text("Id") + "?force=1").status())
                    .isEqualTo(200);
        }
        assertThat(socket.post("/build/prune?all=1", "").status()).isEqualTo(200);
    }

    private static void removeAll(SocketClient socket) throws IOException {
        for (var container : socket.get("/containers/json?all=1").json().list()) {
            assertThat(socket.delete("/containers/" + container.text("Id") + "?force=1")
                            .status())
                    .isEqualTo(204);
        }
        for (var network : socket.get("/networks").json().list()) {
            if (network.text("Name").startsWith("crash-")) {
                assertThat(socket.delete("/networks/" + network.text("Id")).status())
                        .isEqualTo(204);
            }
        }
    }
}
