package dev.berth.api.route;

import dev.berth.api.http.ClientGoneException;
import dev.berth.api.stream.JsonLines;
import dev.berth.api.stream.TransferLines;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Work whose progress is the answer. A client that leaves ends it. */
final class Transfers {
    private Transfers() {}

    /** Work that tells its progress. */
    @FunctionalInterface
    interface Work {
        void run(TransferLines lines) throws IOException;
    }

    /** Does the work on this thread, and interrupts it when the client leaves: it cleans up behind itself then. */
    static void run(Call call, Work work) throws IOException {
        AtomicBoolean gone = new AtomicBoolean();
        Thread worker = Thread.currentThread();
        call.exchange().onDisconnect(() -> {
            gone.set(true);
            worker.interrupt();
        });
        try (TransferLines lines = new TransferLines(new JsonLines(call.exchange()), call::json)) {
            lines.run(() -> work.run(lines));
        } catch (IOException e) {
            throw gone.get() ? new ClientGoneException() : e;
        } finally {
            call.exchange().onDisconnect(() -> {});
            Thread.interrupted(); // it was meant for the work
        }
    }
}
