package dev.berth.api.stream;

import dev.berth.api.http.RawStream;
import dev.berth.engine.stream.Attachment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/** A connection that was taken over, and what it is attached to. */
public final class Conversation {
    private static final int BUFFER_BYTES = 32 << 10;

    private final RawStream connection;
    private final Attachment attachment;
    private final OutputPump pump;
    private final Optional<DetachKeys> detachKeys;
    private volatile boolean detached;

    /**
     * @param attachment closed when the conversation is over; what it is attached to goes on
     * @param detachKeys for a terminal
     */
    public Conversation(RawStream connection, Attachment attachment, OutputPump pump, Optional<DetachKeys> detachKeys) {
        this.connection = connection;
        this.attachment = attachment;
        this.pump = pump;
        this.detachKeys = detachKeys;
    }

    /**
     * Passes bytes both ways until the process ends, the client leaves or detaches.
     *
     * @return whether it was the detach keys that ended it
     */
    public boolean run(boolean withInput) {
        try (connection;
                attachment) {
            connection.onDisconnect(pump::forsake);
            if (withInput) {
                Thread.ofVirtual().name("input of a client").start(this::passInput);
            }
            pump.run(connection.output(), attachment);
        } catch (IOException e) {
            // the client is gone; there is nobody to tell
        }
        return detached;
    }

    private void passInput() {
        byte[] buffer = new byte[BUFFER_BYTES];
        InputStream in = connection.input();
        try {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                byte[] typed = Arrays.copyOf(buffer, n);
                byte[] passed = detachKeys.isPresent() ? detachKeys.get().filter(typed, () -> detached = true) : typed;
                if (passed.length > 0) {
                    attachment.write(ByteBuffer.wrap(passed)).get();
                }
                if (detached) {
                    pump.forsake();
                    return;
                }
            }
            attachment.closeInput();
        } catch (IOException | ExecutionException e) {
            // the client is gone, or the process no longer reads: output may go on
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
