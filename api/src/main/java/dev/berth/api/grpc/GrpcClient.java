package dev.berth.api.grpc;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Map;

/** Calls over a connection whose other end serves, although it was the one to connect. Safe for many threads. */
public final class GrpcClient {
    private static final String CODEC = "HTTP/2";

    private final Channel channel;

    private GrpcClient(Channel channel) {
        this.channel = channel;
    }

    /** Event loop: begins to speak on a connection that was handed over. */
    public static GrpcClient on(Channel channel) {
        channel.pipeline()
                .addFirst(
                        CODEC,
                        Http2FrameCodecBuilder.forClient()
                                .initialSettings(Http2Settings.defaultSettings()
                                        .pushEnabled(false)
                                        .initialWindowSize(GrpcLimits.WINDOW_BYTES))
                                .build())
                .addAfter(CODEC, null, new Http2MultiplexHandler(new NoCalls()));
        return new GrpcClient(channel);
    }

    /** Nobody calls us here. */
    @ChannelHandler.Sharable
    private static final class NoCalls extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel stream) {
            stream.close();
        }
    }

    /**
     * Begins a call, which the caller closes.
     *
     * @param path {@code service/method}
     * @param metadata in ASCII; several values of a name are several fields
     */
    public GrpcCall call(String path, Map<String, List<String>> metadata) throws IOException {
        GrpcCall[] call = new GrpcCall[1];
        Future<Http2StreamChannel> opening = new Http2StreamChannelBootstrap(channel)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel stream) {
                        stream.config().setAutoRead(false);
                        call[0] = new GrpcCall(stream, () -> {});
                        stream.pipeline().addLast(call[0].new Incoming());
                    }
                })
                .open();
        try {
            opening.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while calling the client");
        }
        if (!opening.isSuccess()) {
            throw new GrpcException(GrpcException.Code.UNAVAILABLE, "the client's session has ended");
        }
        Http2Headers headers = new DefaultHttp2Headers()
                .method("POST")
                .scheme("http")
                .authority("localhost")
                .path("/" + path)
                .add("content-type", "application/grpc")
                .add("te", "trailers");
        metadata.forEach((name, values) -> values.forEach(value -> headers.add(name, value)));
        call[0].begin(headers);
        return call[0];
    }

    /** A call of one message each way. */
    public byte[] call(String path, byte[] request) throws IOException {
        try (GrpcCall call = call(path, Map.of())) {
            call.sendLast(request);
            byte[] answer = call.receiveOne();
            if (call.receive().isPresent()) {
                throw new GrpcException(GrpcException.Code.INTERNAL, path + " was answered with more than one message");
            }
            return answer;
        }
    }

    /** Whether the connection is there. */
    public boolean isOpen() {
        return channel.isActive();
    }

    /** Ends the connection. */
    public void close() {
        channel.close();
    }
}
