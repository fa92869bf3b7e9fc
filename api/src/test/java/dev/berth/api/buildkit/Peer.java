package dev.berth.api.buildkit;

import dev.berth.api.grpc.GrpcCall;
import dev.berth.api.grpc.GrpcClient;
import dev.berth.api.grpc.GrpcServer;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A client such as buildx: it calls the engine over one connection, and is called by it over another. Closing it ends both. */
final class Peer implements AutoCloseable {
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final Path socket;

    Peer(Path socket) {
        this.socket = socket;
    }

    /** A connection to the engine's services. */
    GrpcClient control() throws Exception {
        CompletableFuture<GrpcClient> client = new CompletableFuture<>();
        upgrade("/grpc", "", channel -> client.complete(GrpcClient.on(channel)));
        return client.get(10, TimeUnit.SECONDS);
    }

    /** Serves the engine. */
    Channel session(String id, Map<String, GrpcServer.Method> methods) throws Exception {
        return session(id, "", methods);
    }

    /** Serves the engine, which is told by what the client knows its directories again. */
    Channel session(String id, String sharedKey, Map<String, GrpcServer.Method> methods) throws Exception {
        String headers = "X-Docker-Expose-Session-Uuid: " + id + "\r\n"
                + (sharedKey.isEmpty() ? "" : "X-Docker-Expose-Session-Sharedkey: " + sharedKey + "\r\n");
        return upgrade("/session", headers, channel -> GrpcServer.on(channel, methods));
    }

    private Channel upgrade(String path, String headers, Consumer<Channel> protocol) throws Exception {
        CompletableFuture<Void> upgraded = new CompletableFuture<>();
        Channel channel = new Bootstrap()
                .group(loop)
                .channel(EpollDomainSocketChannel.class)
                .handler(new Upgrade(upgraded, protocol))
                .connect(new DomainSocketAddress(socket.toString()))
                .sync()
                .channel();
        channel.writeAndFlush(Unpooled.copiedBuffer(
                "POST " + path + " HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n" + headers
                        + "Content-Length: 0\r\n\r\n",
                StandardCharsets.US_ASCII));
        upgraded.get(10, TimeUnit.SECONDS);
        return channel;
    }

    /** Waits for the answer's head. */
    private static final class Upgrade extends ChannelInboundHandlerAdapter {
        private final CompletableFuture<Void> upgraded;
        private final Consumer<Channel> protocol;
        private final ByteBuf head = Unpooled.buffer();

        Upgrade(CompletableFuture<Void> upgraded, Consumer<Channel> protocol) {
            this.upgraded = upgraded;
            this.protocol = protocol;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            head.writeBytes(bytes);
            bytes.release();
            String text = head.toString(StandardCharsets.ISO_8859_1);
            int end = text.indexOf("\r\n\r\n");
            if (end < 0) {
                return;
            }
            if (!text.startsWith("HTTP/1.1 101 ")) {
                upgraded.completeExceptionally(new IOException(text));
                return;
            }
            ByteBuf rest = head.skipBytes(end + 4).copy();
            protocol.accept(ctx.channel());
            ctx.channel().pipeline().remove(this);
            ctx.channel().pipeline().fireChannelRead(rest);
            upgraded.complete(null);
        }
    }

    /** What a client of docker's command line serves: its Dockerfile, its context, its secrets. */
    static Map<String, GrpcServer.Method> serving(Map<String, String> context, Map<String, String> secrets) {
        return Map.of(
                "moby.filesync.v1.FileSync/DiffCopy", call -> send(call, context),
                "moby.buildkit.secrets.v1.Secrets/GetSecret",
                        call -> {
                            MessageReader in = new MessageReader("a request", call.receiveOne());
                            in.next();
                            String value =
                                    Optional.ofNullable(secrets.get(in.text())).orElse("");
                            call.send(new MessageWriter().text(1, value).toBytes());
                        });
    }

    static void send(GrpcCall call, Map<String, String> context) throws IOException {
        send(call, context, _ -> {});
    }

    /** @param asked is given the name of each file that is asked for */
    static void send(GrpcCall call, Map<String, String> context, Consumer<String> asked) throws IOException {
        List<String> names = new ArrayList<>();
        for (Map.Entry<String, String> file : context.entrySet()) {
            names.add(file.getKey());
            call.send(stat(file.getKey(), 0644, file.getValue().length()));
        }
        call.send(new MessageWriter().toBytes());
        for (Optional<byte[]> message = call.receive(); message.isPresent(); message = call.receive()) {
            switch (Packet.read(message.get())) {
                case Packet.Request(int file) -> {
                    asked.accept(names.get(file));
                    call.send(data(file, context.getOrDefault(names.get(file), "")));
                    call.send(data(file, ""));
                }
                case Packet.Fin _ -> {
                    call.send(Packet.fin());
                    return;
                }
                default -> throw new IOException("an unexpected packet");
            }
        }
    }

    static byte[] stat(String path, long mode, long size) {
        return new MessageWriter()
                .message(2, new MessageWriter().text(1, path).number(2, mode).number(5, size))
                .toBytes();
    }

    static byte[] data(int file, String text) {
        return new MessageWriter()
                .number(1, 2)
                .number(3, file)
                .bytes(4, text.getBytes(StandardCharsets.UTF_8))
                .toBytes();
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
