package dev.berth.api.grpc;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A call in either direction: messages both ways, and how it ended. Sending and receiving block, each may be a thread's own.
 * Nothing is read from the peer that nobody waits for. Whoever makes a call closes it.
 */
public final class GrpcCall implements AutoCloseable {
    private final Channel channel;
    private final Runnable whenGone;
    private volatile @Nullable Http2Headers head;
    private final MessageReader reader = new MessageReader(); // the event loop's
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<byte[]> arrived = new ArrayDeque<>(); // this and what follows is guarded by the lock
    private long waiting;
    private boolean paused;
    private boolean ended;
    private @Nullable GrpcException failure;
    private boolean answered;
    private boolean closed;

    /** @param whenGone called, on the event loop, when the peer breaks the call off */
    GrpcCall(Channel channel, Runnable whenGone) {
        this.channel = channel;
        this.whenGone = whenGone;
    }

    /** Event loop: who serves is called with this. */
    void head(Http2Headers headers) {
        head = headers;
    }

    /** For who serves: what the caller says of the call under this name. */
    public Optional<String> metadata(String name) {
        Http2Headers known = head;
        return Optional.ofNullable(known == null ? null : known.get(name)).map(CharSequence::toString);
    }

    /** Sends a message. */
    public void send(byte[] message) throws IOException {
        send(message, false);
    }

    /** Sends the caller's last message. */
    public void sendLast(byte[] message) throws IOException {
        send(message, true);
    }

    private void send(byte[] message, boolean last) throws IOException {
        ByteBuf buffer = channel.alloc().ioBuffer(5 + message.length);
        buffer.writeByte(0).writeInt(message.length).writeBytes(message);
        if (!answered) {
            answered = true;
            begin();
        }
        done(channel.writeAndFlush(new DefaultHttp2DataFrame(buffer, last)));
    }

    /**
     * The next message.
     *
     * @return empty when the peer has ended the call, and all is well
     * @throws GrpcException when it has not ended well
     */
    public Optional<byte[]> receive() throws IOException {
        boolean resume;
        byte[] message;
        lock.lock();
        try {
            while (arrived.isEmpty()) {
                if (failure != null) {
                    throw new GrpcException(failure.code(), String.valueOf(failure.getMessage()));
                } else if (ended) {
                    return Optional.empty();
                }
                changed.await();
            }
            message = arrived.remove();
            waiting -= message.length;
            resume = paused && waiting < GrpcLimits.WAITING_BYTES;
            paused &= !resume;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted();
        } finally {
            lock.unlock();
        }
        if (resume) {
            channel.read();
        }
        return Optional.of(message);
    }

    /** The one message that there is to be. */
    public byte[] receiveOne() throws IOException {
        return receive()
                .orElseThrow(
                        () -> new GrpcException(GrpcException.Code.INTERNAL, "the call has ended without a message"));
    }

    /** For who serves: ends the call. */
    void answer(GrpcException.Code code, String message) {
        Http2Headers trailers = answered
                ? new DefaultHttp2Headers()
                : new DefaultHttp2Headers().status("200").add("content-type", "application/grpc");
        trailers.add("grpc-status", String.valueOf(code.ordinal()));
        if (!message.isEmpty()) {
            trailers.add("grpc-message", PercentText.encode(message));
        }
        lock.lock();
        closed = true;
        lock.unlock();
        channel.writeAndFlush(new DefaultHttp2HeadersFrame(trailers, true)).addListener(_ -> channel.close());
    }

    private void begin() {
        channel.write(new DefaultHttp2HeadersFrame(
                new DefaultHttp2Headers().status("200").add("content-type", "application/grpc")));
    }

    /** For who calls: the head of the call. */
    void begin(Http2Headers headers) throws IOException {
        answered = true;
        done(channel.writeAndFlush(new DefaultHttp2HeadersFrame(headers)));
    }

    private void done(ChannelFuture sent) throws IOException {
        try {
            sent.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted();
        }
        if (!sent.isSuccess()) {
            lock.lock();
            try {
                if (failure != null) {
                    throw new GrpcException(failure.code(), String.valueOf(failure.getMessage()));
                } else if (!ended) { // else the peer has answered without waiting for it
                    throw gone();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private static InterruptedIOException interrupted() {
        return new InterruptedIOException("interrupted while waiting for the client");
    }

    private static GrpcException gone() {
        return new GrpcException(GrpcException.Code.UNAVAILABLE, "the client has gone");
    }

    /** Ends the call; where it has not ended yet, the peer learns that nobody is interested any more. */
    @Override
    public void close() {
        boolean over;
        lock.lock();
        try {
            over = closed || ended && failure == null;
            closed = true;
            arrived.clear();
        } finally {
            lock.unlock();
        }
        if (over) {
            channel.close();
        } else {
            channel.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL)).addListener(_ -> channel.close());
        }
    }

    /** What comes on the call's stream. */
    final class Incoming extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.read();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object frame) {
            try {
                switch (frame) {
                    case Http2HeadersFrame headers -> headers(headers);
                    case Http2DataFrame data -> data(data);
                    case Http2ResetFrame _ -> fail(gone());
                    default -> {}
                }
            } catch (GrpcException e) {
                fail(e);
                channel.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.PROTOCOL_ERROR));
            } finally {
                ReferenceCountUtil.release(frame);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            lock.lock();
            try {
                paused = waiting >= GrpcLimits.WAITING_BYTES && !closed;
            } finally {
                lock.unlock();
            }
            if (!paused) {
                ctx.read();
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof Http2ResetFrame) {
                fail(gone());
            }
            ReferenceCountUtil.release(event);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            fail(gone());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            fail(new GrpcException(GrpcException.Code.INTERNAL, "the connection broke: " + cause.getMessage()));
            ctx.close();
        }
    }

    private void headers(Http2HeadersFrame frame) throws GrpcException {
        Http2Headers headers = frame.headers();
        CharSequence status = headers.get("grpc-status");
        if (status != null && !status.toString().equals("0")) {
            CharSequence message = headers.get("grpc-message");
            throw new GrpcException(
                    GrpcException.Code.of(status.toString()),
                    message == null ? "" : PercentText.decode(message.toString()));
        }
        CharSequence http = headers.status();
        if (http != null && !http.toString().equals("200")) {
            throw new GrpcException(
                    GrpcException.Code.UNAVAILABLE, "the call was answered with the HTTP status " + http);
        }
        if (frame.isEndStream()) {
            end();
        }
    }

    private void data(Http2DataFrame frame) throws GrpcException {
        reader.read(frame.content(), message -> {
            lock.lock();
            try {
                if (!closed) {
                    arrived.add(message);
                    waiting += message.length;
                    changed.signalAll();
                }
            } finally {
                lock.unlock();
            }
        });
        if (frame.isEndStream()) {
            end();
        }
    }

    private void end() throws GrpcException {
        if (!reader.isBetweenMessages()) {
            throw new GrpcException(GrpcException.Code.INTERNAL, "the call has ended within a message");
        }
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void fail(GrpcException reason) {
        boolean breaksOff;
        lock.lock();
        try {
            breaksOff = failure == null && !closed;
            if (failure == null && !ended) {
                failure = reason;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (breaksOff) {
            whenGone.run();
        }
    }
}
