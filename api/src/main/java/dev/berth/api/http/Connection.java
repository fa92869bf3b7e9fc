package dev.berth.api.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.DomainSocketChannel;
import io.netty.channel.unix.PeerCredentials;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection: requests one after the other, each handed to a virtual thread with its body still arriving,
 * until the client leaves or a handler takes the connection over. Fields are the event loop's unless they say
 * otherwise. Nothing is read from the socket that nobody waits for: a client that sends ahead waits in the kernel.
 */
final class Connection extends ChannelInboundHandlerAdapter {
    private final HttpServer server;
    private final Channel channel;
    private final Outflow outflow;
    private final Presence presence;
    private final DirectReading direct;
    private final Deadline head;
    private final Deadline discarding;
    private final Deque<Object> waiting = new ArrayDeque<>();
    private @Nullable Exchange current;
    private @Nullable Inflow raw;
    private boolean handlerDone;
    private boolean lastRequest;
    private boolean inputEnded;
    private boolean draining;
    private boolean handedOver;

    Connection(HttpServer server, Channel channel) {
        this.server = server;
        this.channel = channel;
        this.outflow = new Outflow(channel);
        this.presence = new Presence(channel);
        this.direct = new DirectReading(server, channel, this::directEnded);
        this.head = new Deadline(channel);
        this.discarding = new Deadline(channel);
    }

    Limits limits() {
        return server.limits();
    }

    /** Any thread. */
    Outflow outflow() {
        return outflow;
    }

    /** Any thread. */
    boolean isLocal() {
        return channel instanceof DomainSocketChannel;
    }

    /** Any thread: see {@link Exchange#clientProcess}. */
    Optional<ClientProcess> clientProcess() throws IOException {
        if (channel instanceof EpollDomainSocketChannel local) {
            PeerCredentials peer = local.peerCredentials();
            return Optional.of(new ClientProcess(peer.pid(), peer.uid())).filter(client -> client.pid() > 0);
        }
        return Optional.empty();
    }

    /** Any thread: the header lines that every answer has. */
    String commonHeaders() {
        return server.commonHeaders();
    }

    /** Any thread: see {@link Exchange#onDisconnect}. */
    void onDisconnect(Runnable action) {
        presence.onDisconnect(action);
    }

    /** The handler's thread: see {@link Exchange#takeOver}. */
    RawStream takeOver(byte[] head) {
        Inflow input = new Inflow(limits().bufferedInputBytes(), this::readMore);
        TakeOverHead answer = new TakeOverHead(channel, head);
        presence.takenOver();
        onLoop(() -> {
            boolean clean = current != null && current.content().isEnded() && waiting.isEmpty();
            if (!clean || !channel.isActive()) {
                input.fail("the client sent more than its request before the connection was taken over");
                channel.close();
                return;
            }
            raw = input;
            answer.send();
            channel.pipeline().remove(RequestDecoder.class);
            if (inputEnded) {
                input.end();
                HalfOpenProbe.begin(channel, limits().halfOpenProbe());
            } else {
                channel.read();
            }
        });
        return new RawStream(this, input, answer);
    }

    /** The handler's thread: see {@link Exchange#handOver}. */
    void handOver(byte[] head, Consumer<Channel> protocol) throws IOException {
        presence.handedOver();
        CountDownLatch closed = new CountDownLatch(1);
        channel.closeFuture().addListener(_ -> closed.countDown());
        onLoop(() -> {
            boolean clean = current != null && current.content().isEnded() && waiting.isEmpty();
            if (!clean || !channel.isActive() || inputEnded || draining) {
                channel.close();
                return;
            }
            handedOver = true;
            channel.writeAndFlush(channel.alloc().ioBuffer(head.length).writeBytes(head));
            channel.pipeline().remove(RequestDecoder.class);
            try {
                protocol.accept(channel);
            } catch (RuntimeException | Error e) {
                channel.close(); // or the client would wait for ever
                throw e;
            }
            channel.config().setAutoRead(true);
        });
        try {
            closed.await();
        } catch (InterruptedException e) {
            channel.close();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while another protocol had the connection", e);
        }
    }

    /** Any thread: ends the connection once everything written was sent. */
    void closeAfterWrites() {
        onLoop(() -> channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE));
    }

    /** Any thread: has the client see the end of the answer, be what is left of its request still to come. */
    void endOutput() {
        onLoop(() -> channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener(_ -> ((DuplexChannel) channel).shutdownOutput()));
    }

    /** Any thread: tells a handler to come to an end, as if its client had gone; idle connections are closed. */
    void drain() {
        onLoop(() -> {
            draining = true;
            if (current == null) {
                channel.close();
            } else if (handlerDone) {
                endExchange();
            } else {
                presence.clientGone();
            }
        });
    }

    /** Any thread: ends the connection now. Its handler is told. */
    void close() {
        channel.close().awaitUninterruptibly();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.read();
    }

    /** From the decoder: bytes have come. */
    void bytesArrived() {
        if (current == null) {
            head.begin(
                    limits().headTimeout(),
                    () -> refuse(new Refusal(Status.REQUEST_TIMEOUT, "the request's head did not arrive in time")));
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (handedOver) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (raw != null) {
            raw.offer((ByteBuf) message);
            return;
        }
        if (message instanceof ByteBuf bytes) {
            direct.take(bytes);
            return;
        }
        waiting.add(message);
        takeWaiting(true);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        readMore();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        outflow.wake();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent || event instanceof ChannelInputShutdownReadComplete) {
            inputEnds();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        inputEnds();
        direct.fail();
        while (!waiting.isEmpty()) {
            ReferenceCountUtil.release(waiting.poll());
        }
        head.met();
        discarding.met();
        presence.clientGone();
        outflow.wake();
        server.forget(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        channel.close(); // the client broke the connection off, or what it sent can't be taken for HTTP
    }

    /**
     * Gives what has come to the exchange in hand, or begins the next one.
     *
     * @param justDecoded whether the last that waits is what the decoder decoded last
     */
    private void takeWaiting(boolean justDecoded) {
        while (!waiting.isEmpty()) {
            Object next = waiting.peek();
            if (next instanceof HttpRequest decoded) {
                if (current != null) {
                    return;
                }
                waiting.poll();
                begin(decoded, justDecoded && waiting.isEmpty());
            } else {
                waiting.poll();
                takeContent((HttpContent) next);
            }
        }
    }

    private void takeContent(HttpContent content) {
        if (current != null && current.content() instanceof Inflow body) {
            if (content.decoderResult().isFailure()) {
                body.fail("the request's body is malformed");
            } else {
                body.offer(content.content().retain());
                if (content instanceof LastHttpContent) {
                    body.end();
                }
            }
        }
        content.release();
        if (handlerDone) {
            endExchange();
        }
    }

    private void begin(HttpRequest decoded, boolean justDecoded) {
        head.met();
        if (decoded.decoderResult().isFailure()) {
            refuse(Refusal.of(decoded.decoderResult().cause(), limits()));
            return;
        }
        if (decoded.protocolVersion().majorVersion() != 1) {
            refuse(new Refusal(
                    Status.BAD_REQUEST, decoded.protocolVersion().text() + " is not spoken here; HTTP/1.1 is"));
            return;
        }
        Request request;
        try {
            request = RequestDecoder.request(decoded);
        } catch (IllegalArgumentException e) {
            refuse(new Refusal(Status.BAD_REQUEST, "malformed request target"));
            return;
        }
        server.countRequest();
        handlerDone = false;
        if (justDecoded && isArchive(request) && beginDirectly(request)) {
            return;
        }
        Exchange exchange = new Exchange(this, request, new Inflow(limits().bufferedInputBytes(), this::readMore));
        current = exchange;
        Thread.ofVirtual().name("request").start(new Serving(server, this, exchange));
    }

    /** As docker's clients send them, and hardly anything else. */
    private boolean isArchive(Request request) {
        return isLocal()
                && request.headerHasWord("transfer-encoding", "chunked")
                && request.header("content-type")
                        .filter(type -> type.startsWith("application/json"))
                        .isEmpty();
    }

    /** Gives whether the handler reads the body itself. */
    private boolean beginDirectly(Request request) {
        return direct.begin(body -> {
            Exchange exchange = new Exchange(this, request, body);
            current = exchange;
            return new Serving(server, this, exchange);
        });
    }

    /** The body that a handler has read itself is over. */
    private void directEnded() {
        channel.pipeline().addFirst(new RequestDecoder(this));
        if (inputEnded) {
            presence.sideClosed();
        }
    }

    /**
     * The handler's thread: the request is answered.
     *
     * @param keep whether another one may follow
     * @param broken whether the answer is no whole one
     */
    void handlerEnded(boolean keep, boolean broken) {
        onLoop(() -> finish(keep, broken));
    }

    private void finish(boolean keep, boolean broken) {
        presence.tellNobody();
        closeInflows();
        if (broken) {
            channel.close();
            return;
        }
        handlerDone = true;
        lastRequest = !keep;
        endExchange();
    }

    /** The handler's thread: it is done with a connection that it has taken over, and has closed it unless it failed. */
    void takeOverEnded() {
        closeAfterWrites();
        onLoop(this::closeInflows);
    }

    /** They hold the event loop's memory. */
    private void closeInflows() {
        if (current != null) {
            current.content().close();
        }
        if (raw != null) {
            raw.close();
        }
    }

    /**
     * Goes on to the next request once the body of this one is out of the way. To close the connection while a client is
     * still sending would keep many from looking at their answer.
     */
    private void endExchange() {
        if (current == null) {
            return;
        }
        boolean bodyOver = current.content().isEnded() || current.content() instanceof DirectBody;
        if (draining || (lastRequest && bodyOver) || (inputEnded && waiting.isEmpty())) {
            closeAfterWrites();
        } else if (bodyOver) {
            discarding.met();
            current = null;
            takeWaiting(false);
            readMore();
        } else {
            discarding.begin(limits().discarding(), this::closeAfterWrites);
            readMore();
        }
    }

    /** Any thread: wakes a handler that waits for what has come, and reads on if there is room. */
    private void readMore() {
        if (!channel.eventLoop().inEventLoop()) {
            onLoop(this::readMore);
            return;
        }
        if (raw != null) {
            raw.wake();
        } else if (current != null && current.content() instanceof Inflow body) {
            body.wake();
        }
        if (inputEnded || handedOver) {
            return; // to ask for more would be an error, and close the side that is still open
        }
        if (raw != null) {
            if (raw.wantsMore()) {
                channel.read();
            }
        } else if (current == null
                || (current.content() instanceof Inflow body && !body.isEnded() && body.wantsMore())) {
            channel.read();
        }
    }

    private void inputEnds() {
        if (inputEnded) {
            return;
        }
        inputEnded = true;
        if (handedOver) {
            channel.close();
        } else if (raw != null) {
            raw.end();
            HalfOpenProbe.begin(channel, limits().halfOpenProbe());
        } else if (current == null) {
            closeAfterWrites();
        } else if (!direct.isOn()) { // who reads for himself finds the end where it is
            current.content().fail(DirectBody.CLIENT_GONE);
            presence.sideClosed();
            if (handlerDone) {
                endExchange();
            }
        }
    }

    private void onLoop(Runnable task) {
        try {
            channel.eventLoop().execute(task);
        } catch (RejectedExecutionException e) {
            // The server is closed, and with it the connection.
        }
    }

    /** Answers what is no request, and ends the connection. */
    private void refuse(Refusal refusal) {
        refusal.send(channel, commonHeaders());
    }
}
