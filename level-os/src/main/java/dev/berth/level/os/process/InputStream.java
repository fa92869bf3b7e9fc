package dev.berth.level.os.process;

import dev.berth.linux.Errno;
import dev.berth.linux.Fd;
import dev.berth.linux.Kernel;
import dev.berth.linux.asm.SystemCall;
import dev.berth.linux.event.EventLoop;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What the engine writes to a process's standard input. Used on the event loop alone. */
final class InputStream {
    private final EventLoop loop;
    private final Fd fd;
    private Optional<Pending> pending = Optional.empty();
    private Optional<EventLoop.Registration> registration = Optional.empty();
    private Optional<Runnable> afterWrite = Optional.empty();

    /** Bytes that did not all fit yet. */
    private record Pending(ByteBuffer bytes, CompletableFuture<Void> done) {}

    /** Takes over the descriptor. */
    InputStream(EventLoop loop, Fd fd) {
        this.loop = loop;
        this.fd = fd;
    }

    void write(ByteBuffer bytes, CompletableFuture<Void> done) {
        if (!fd.isOpen() || afterWrite.isPresent()) {
            done.completeExceptionally(new IOException("the process no longer reads its standard input"));
        } else if (pending.isPresent()) {
            done.completeExceptionally(new IllegalStateException("a write is under way"));
        } else {
            pending = Optional.of(new Pending(bytes, done));
            go();
        }
    }

    private void go() {
        Pending write = pending.orElseThrow();
        while (write.bytes().hasRemaining()) {
            long count = writeSome(write.bytes());
            if (OsProcess.wouldBlock(count)) {
                if (registration.isEmpty()) {
                    registration = Optional.of(loop.register(fd, EventLoop.WRITABLE, events -> go()));
                }
                return;
            }
            if (count < 0 && count != -Errno.EINTR.number()) {
                end();
                return;
            }
        }
        cancel();
        pending = Optional.empty();
        write.done().complete(null);
        afterWrite.ifPresent(this::endAnd);
    }

    private long writeSome(ByteBuffer bytes) {
        if (bytes.isDirect()) {
            return write(bytes, MemorySegment.ofBuffer(bytes));
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(bytes.remaining());
            copy.copyFrom(MemorySegment.ofBuffer(bytes));
            return write(bytes, copy);
        }
    }

    private long write(ByteBuffer bytes, MemorySegment content) {
        long count = Kernel.running().raw(SystemCall.WRITE, fd.number(), content.address(), content.byteSize(), 0);
        if (count > 0) {
            bytes.position(bytes.position() + (int) count);
        }
        return count;
    }

    /**
     * Ends the input once what is being written has been taken.
     *
     * @param then what to do then
     */
    void endAfterWrite(Runnable then) {
        if (afterWrite.isEmpty()) {
            afterWrite = Optional.of(then);
            if (pending.isEmpty()) {
                endAnd(then);
            }
        }
    }

    private void endAnd(Runnable then) {
        end();
        then.run();
    }

    /** Ends the input; a write under way fails. */
    void end() {
        cancel();
        fd.close();
        pending.ifPresent(write ->
                write.done().completeExceptionally(new IOException("the process no longer reads its standard input")));
        pending = Optional.empty();
    }

    private void cancel() {
        registration.ifPresent(EventLoop.Registration::cancel);
        registration = Optional.empty();
    }
}
