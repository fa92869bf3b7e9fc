package dev.berth.engine.stream;

import dev.berth.level.SandboxProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The way to a process's standard input for any number of writers, who may begin before the process does. */
final class StandardInput {
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private @Nullable SandboxProcess process;
    private boolean writing;
    private boolean closing;

    private record Waiting(ByteBuffer bytes, CompletableFuture<Void> done) {}

    CompletableFuture<Void> write(ByteBuffer bytes) {
        Waiting one = new Waiting(bytes, new CompletableFuture<>());
        synchronized (this) {
            if (closing) {
                return CompletableFuture.failedFuture(new IOException("the standard input is closed"));
            }
            waiting.add(one);
        }
        writeNext();
        return one.done();
    }

    /** The process reads end of file after all that was written so far. */
    void close() {
        synchronized (this) {
            closing = true;
        }
        writeNext();
    }

    /** A process takes what waits. */
    void connect(SandboxProcess started) {
        synchronized (this) {
            process = started;
        }
        writeNext();
    }

    /** The process has ended; writers whose bytes nobody will read are told. The input is as new then. */
    void disconnect() {
        Queue<Waiting> unread;
        synchronized (this) {
            unread = new ArrayDeque<>(waiting);
            waiting.clear();
            process = null;
            closing = false;
        }
        unread.forEach(one -> one.done().completeExceptionally(new IOException("the process has ended")));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // its failure is passed on to the writer
    private void writeNext() {
        SandboxProcess target;
        Waiting next;
        synchronized (this) {
            target = process;
            if (writing || target == null) {
                return;
            }
            next = waiting.poll();
            if (next == null && !closing) {
                return;
            }
            writing = next != null;
        }
        if (next == null) {
            target.closeInput();
        } else {
            target.write(next.bytes()).whenComplete((nothing, failure) -> written(next, failure));
        }
    }

    private void written(Waiting one, @Nullable Throwable failure) {
        synchronized (this) {
            writing = false;
        }
        if (failure == null) {
            one.done().complete(null);
        } else {
            one.done().completeExceptionally(failure);
        }
        writeNext();
    }
}
