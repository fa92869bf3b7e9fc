package dev.berth.embedded;

import dev.berth.engine.error.EngineException;
import dev.berth.engine.stream.OutputSink;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** Keeps what a process prints, up to a limit. */
final class CapturedOutput implements OutputSink {
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private boolean tooMuch;

    /** Completes when nothing more comes. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    @Override
    public synchronized boolean write(Stream stream, ByteBuffer bytes) {
        ByteArrayOutputStream target = stream == Stream.STDERR ? errors : output;
        if (target.size() + bytes.remaining() > Limits.EXEC_OUTPUT_BYTES) {
            tooMuch = true; // it goes on to its end: nobody is held up by a limit of ours
            return true;
        }
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        target.writeBytes(copy);
        return true;
    }

    @Override
    public void end() {
        ended.complete(null);
    }

    @Override
    public void fail(EngineException reason) {
        ended.completeExceptionally(reason);
    }

    /** @throws BerthException INVALID where it was more than is kept */
    synchronized ExecResult result(int exitCode) {
        if (tooMuch) {
            throw new BerthException(
                    BerthException.Kind.INVALID,
                    "a process has printed more than the " + (Limits.EXEC_OUTPUT_BYTES >> 20)
                            + " MiB that are kept of it: have it write into a file, and copy that");
        }
        return new ExecResult(
                exitCode, output.toString(StandardCharsets.UTF_8), errors.toString(StandardCharsets.UTF_8));
    }
}
