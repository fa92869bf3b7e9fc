package dev.berth.api.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Serves HTTP on any number of sockets with one event loop. Whoever starts it closes it. Safe for use by many threads.
 */
public final class HttpServer implements AutoCloseable {
    /** How long {@link #close} lets the event loop finish what it has begun. */
    private static final Duration LOOP_PATIENCE = Duration.ofSeconds(2);

    /** What is read of a socket at once, by how much came before: little of a command, much of an archive. */
    private static final int LEAST_READ_BYTES = 64;

    private static final int FIRST_READ_BYTES = 2 << 10;
    private static final int MOST_READ_BYTES = 128 << 10;

    private static final int MOST_DIRECT_BODIES = 32;

    private final Handler handler;
    private final Limits limits;
    private final String fixedHeaders;
    private final LastingRegistrations registrations = new LastingRegistrations();
    private final EventLoopGroup loop;
    private final ByteBufAllocator memory;
    private final List<Channel> listening = new CopyOnWriteArrayList<>();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    /** Places for bodies that their handlers read themselves: each takes a thread. */
    private final Semaphore directBodies = new Semaphore(MOST_DIRECT_BODIES);

    private final LongAdder activity = new LongAdder();
    private volatile HttpDate date = HttpDate.of(0);

    /**
     * Makes a server that listens nowhere yet.
     *
     * @param headerLines header fields of every answer, {@code Name: value}
     */
    public HttpServer(Handler handler, Limits limits, List<String> headerLines) {
        this.handler = handler;
        this.limits = limits;
        StringBuilder lines = new StringBuilder();
        headerLines.forEach(line -> lines.append(line).append("\r\n"));
        this.fixedHeaders = lines.toString();
        this.loop = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("berth-http", true), registrations.factory());
        // One arena of 256 KiB chunks and no caches a thread: what a daemon with a few connections needs.
        this.memory = new PooledByteBufAllocator(true, 0, 1, 8192, 5, 0, 0, false);
    }

    /**
     * Listens on a Unix socket; the file must not exist.
     *
     * @throws IOException with the kernel's reason
     */
    public void listen(Path socket) throws IOException {
        listen(EpollServerDomainSocketChannel.class, new DomainSocketAddress(socket.toString()), socket.toString());
    }

    /**
     * Listens on a TCP port. There is no encryption and nobody is asked who they are.
     *
     * @return the address with the port that was chosen where 0 was asked for
     */
    public InetSocketAddress listen(InetSocketAddress address) throws IOException {
        return (InetSocketAddress) listen(EpollServerSocketChannel.class, address, address.toString())
                .localAddress();
    }

    /** Takes no more connections, and asks handlers to come to an end as if their clients had gone. */
    public void drain() {
        listening.forEach(channel -> channel.close().syncUninterruptibly());
        listening.clear();
        connections.forEach(Connection::drain);
    }

    /** How many connections came and went, and how many requests there were: it stands still while nobody wants anything. */
    public long activity() {
        return activity.sum();
    }

    void countRequest() {
        activity.increment();
    }

    /** How many connections are open. */
    public int connectionCount() {
        return connections.size();
    }

    /** Ends every connection. Handlers in mid-answer get an {@link IOException}. */
    @Override
    public void close() {
        drain();
        connections.forEach(Connection::close);
        loop.shutdownGracefully(0, LOOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .syncUninterruptibly();
    }

    Handler handler() {
        return handler;
    }

    Limits limits() {
        return limits;
    }

    LastingRegistrations registrations() {
        return registrations;
    }

    Semaphore directBodies() {
        return directBodies;
    }

    String commonHeaders() {
        HttpDate now = date;
        long second = System.currentTimeMillis() / 1000;
        if (now.epochSecond() != second) {
            now = HttpDate.of(second);
            date = now;
        }
        return fixedHeaders + "Date: " + now.text() + "\r\n";
    }

    void forget(Connection connection) {
        connections.remove(connection);
        activity.increment();
    }

    private Channel listen(Class<? extends ServerChannel> kind, SocketAddress address, String name) throws IOException {
        ChannelFuture bound = new ServerBootstrap()
                .group(loop)
                .channel(kind)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.ALLOCATOR, memory)
                .childOption(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new AdaptiveRecvByteBufAllocator(LEAST_READ_BYTES, FIRST_READ_BYTES, MOST_READ_BYTES))
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(limits.bufferedOutputBytes() / 2, limits.bufferedOutputBytes()))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            Throwable cause = bound.cause();
            throw new IOException("listening on " + name + ": " + cause.getMessage(), cause);
        }
        listening.add(bound.channel());
        return bound.channel();
    }

    private void accept(Channel channel) {
        activity.increment();
        if (connections.size() >= limits.connections()) {
            // Says why: a client that is cut off without a word would ask its user to look for a crash.
            String body = "{\"message\":\"too many connections: the engine serves " + limits.connections()
                    + " at one time; close some, or let it open more files\"}\n";
            new Refusal(Status.SERVICE_UNAVAILABLE, "application/json", body).send(channel, commonHeaders());
            return;
        }
        Connection connection = new Connection(this, channel);
        connections.add(connection);
        channel.pipeline().addLast(new RequestDecoder(connection), connection);
    }
}
