package dev.berth.image.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An answer's body as a stream that does not wait for ever: a read fails when nothing has come for a while. At most a
 * few parts are held. Read by one thread; closing it ends the transfer.
 */
final class BodyStream extends InputStream implements HttpResponse.BodySubscriber<InputStream> {
    /** Parts on their way between the network and the reader, each of at most some 16 KiB of buffers. */
    private static final int AHEAD = 16;

    private sealed interface Part {
        record Data(List<ByteBuffer> buffers) implements Part {}

        record Failed(Throwable cause) implements Part {}

        record End() implements Part {}
    }

    private final Duration silence;
    private final BlockingQueue<Part> parts = new LinkedBlockingQueue<>();
    private final CompletableFuture<Flow.Subscription> subscribed = new CompletableFuture<>();
    private final Deque<ByteBuffer> current = new ArrayDeque<>();
    private @Nullable Part last;

    BodyStream(Duration silence) {
        this.silence = silence;
    }

    @Override
    public CompletionStage<InputStream> getBody() {
        return CompletableFuture.completedStage(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        if (!subscribed.complete(subscription)) {
            subscription.cancel();
            return;
        }
        subscription.request(AHEAD);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        parts.add(new Part.Data(buffers));
    }

    @Override
    public void onError(Throwable cause) {
        parts.add(new Part.Failed(cause));
    }

    @Override
    public void onComplete() {
        parts.add(new Part.End());
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (current.isEmpty() || !current.peek().hasRemaining()) {
            if (!current.isEmpty()) {
                current.remove();
            } else if (!next()) {
                return -1;
            }
        }
        int n = 0;
        while (n < length && !current.isEmpty()) {
            ByteBuffer buffer = current.peek();
            int part = Math.min(length - n, buffer.remaining());
            buffer.get(bytes, from + n, part);
            n += part;
            if (!buffer.hasRemaining()) {
                current.remove();
            }
        }
        return n;
    }

    @Override
    public void close() {
        subscribed.thenAccept(Flow.Subscription::cancel);
        subscribed.cancel(false);
        current.clear();
        last = new Part.End();
    }

    /** Takes the next part; false at the end. */
    private boolean next() throws IOException {
        Part part = last == null ? take() : last;
        switch (part) {
            case Part.Data(List<ByteBuffer> buffers) -> {
                current.addAll(buffers);
                subscribed.thenAccept(subscription -> subscription.request(1));
                return true;
            }
            case Part.Failed(Throwable cause) -> {
                last = part;
                throw new IOException(cause.getMessage(), cause);
            }
            case Part.End() -> {
                last = part;
                return false;
            }
        }
    }

    private Part take() throws IOException {
        try {
            Part part = parts.poll(silence.toMillis(), TimeUnit.MILLISECONDS);
            if (part == null) {
                throw new HttpTimeoutException("nothing came for " + silence.toSeconds() + " seconds");
            }
            return part;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while an answer was read");
        }
    }
}
