package dev.berth.api.http;

import dev.berth.linux.socket.StreamSocket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Who reads from a connection: the event loop, or for the time of one body the handler, on a thread of its own. The
 * decoder leaves the pipeline for that time, and the kernel tells the event loop of nothing that comes. Fields are the
 * event loop's.
 */
final class DirectReading {
    /** How soon a handler that waits for the event loop sees that there is none any more. */
    private static final Duration LOOK_AROUND = Duration.ofMillis(200);

    private final HttpServer server;
    private final Channel channel;
    private final Runnable ended;
    private @Nullable DirectBody body;
    private boolean deaf;
    private boolean disturbed;

    /** @param ended called on the event loop when it is to read again: the decoder is to come back */
    DirectReading(HttpServer server, Channel channel, Runnable ended) {
        this.server = server;
        this.channel = channel;
        this.ended = ended;
    }

    /** Event loop: whether a handler reads, or is about to. */
    boolean isOn() {
        return body != null;
    }

    /**
     * Event loop, from within the decoder: has the body of the request that it has just decoded read by a handler.
     *
     * @param handler makes of the body what is to run on its thread
     * @return false where there is no place for one more such thread, or no file descriptor
     */
    boolean begin(Function<DirectBody, Runnable> handler) {
        if (!server.directBodies().tryAcquire()) {
            return false;
        }
        StreamSocket socket;
        try {
            socket = StreamSocket.duplicate(((UnixChannel) channel).fd().intValue());
        } catch (IOException e) {
            server.directBodies().release();
            return false;
        }
        DirectBody begun = new DirectBody(socket, this::takeBack);
        body = begun;
        Runnable serve = handler.apply(begun);
        channel.pipeline().remove(RequestDecoder.class); // gives what it has to take()
        // Not at once: what came together with the head, a half-close too, is still being handled.
        if (!onLoop(() -> start(begun, serve))) {
            end(begun);
        }
        return true;
    }

    private void start(DirectBody begun, Runnable serve) {
        deaf = true;
        server.registrations().deafen(channel);
        try {
            Thread.ofPlatform().name("upload").daemon(true).start(() -> {
                try {
                    serve.run();
                } finally {
                    end(begun);
                }
            });
        } catch (OutOfMemoryError e) { // as Java calls it when the kernel gives it no more threads
            end(begun);
            channel.close();
        }
    }

    private void end(DirectBody begun) {
        begun.close();
        server.directBodies().release();
    }

    /** Event loop: bytes that no decoder has seen, of which there are to be none once the handler reads; releases them. */
    void take(ByteBuf bytes) {
        DirectBody current = body;
        if (current != null && !deaf) {
            current.begin(bytes.nioBuffer());
        } else if (current != null && bytes.isReadable()) {
            disturbed = true;
            fail();
        }
        bytes.release();
    }

    /** Event loop: the connection is gone. */
    void fail() {
        DirectBody current = body;
        if (current != null) {
            current.fail(DirectBody.CLIENT_GONE);
        }
    }

    /** The handler's thread, at the body's end. */
    private boolean takeBack(ByteBuffer rest) throws IOException {
        CompletableFuture<Boolean> undisturbed = new CompletableFuture<>();
        ByteBuf after = Unpooled.copiedBuffer(rest);
        boolean comes = onLoop(() -> {
            undisturbed.complete(!disturbed && channel.isActive());
            body = null;
            deaf = false;
            ended.run();
            server.registrations().listen(channel);
            channel.pipeline().fireChannelRead(after);
        });
        try {
            while (comes && channel.isActive()) {
                try {
                    return undisturbed.get(LOOK_AROUND.toMillis(), TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    // the event loop is busy, or has ended, and the connection with it
                }
            }
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted at the end of a request's body", e);
        } catch (ExecutionException e) {
            throw new IOException("the event loop failed", e);
        }
    }

    /** Gives whether it will be done; not if the server is closed, and with it the connection. */
    private boolean onLoop(Runnable task) {
        try {
            channel.eventLoop().execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }
}
