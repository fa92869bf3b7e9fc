package dev.berth.api.grpc;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Serves calls on a connection, each on a virtual thread of its own, which is interrupted when its client leaves. */
public final class GrpcServer {
    private static final String CODEC = "HTTP/2";

    private GrpcServer() {}

    /** What answers calls of one method. */
    @FunctionalInterface
    public interface Method {
        /**
         * Receives and sends messages; the call ends well when this returns.
         *
         * @throws GrpcException for a call that ends otherwise
         */
        void serve(GrpcCall call) throws IOException, InterruptedException;
    }

    /**
     * Event loop: begins to serve on a connection that was handed over.
     *
     * @param methods by {@code service/method}
     */
    public static void on(Channel channel, Map<String, Method> methods) {
        channel.pipeline()
                .addFirst(
                        CODEC,
                        Http2FrameCodecBuilder.forServer()
                                .initialSettings(Http2Settings.defaultSettings()
                                        .maxConcurrentStreams(GrpcLimits.CALLS)
                                        .initialWindowSize(GrpcLimits.WINDOW_BYTES))
                                .build())
                .addAfter(CODEC, null, new Http2MultiplexHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel stream) {
                        stream.config().setAutoRead(false);
                        Serving serving = new Serving(stream, methods);
                        stream.pipeline().addLast(serving, serving.call.new Incoming());
                    }
                }));
    }

    /** Begins to serve with the head of a call. Fields are the event loop's. */
    private static final class Serving extends ChannelInboundHandlerAdapter {
        private final Map<String, Method> methods;
        private final GrpcCall call;
        private Optional<Thread> thread = Optional.empty();

        Serving(Channel stream, Map<String, Method> methods) {
            this.methods = methods;
            this.call = new GrpcCall(stream, () -> thread.ifPresent(Thread::interrupt));
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object frame) {
            if (frame instanceof Http2HeadersFrame head && head.headers().path() != null && thread.isEmpty()) {
                call.head(head.headers());
                String path = head.headers().path().toString().substring(1);
                Method method = methods.getOrDefault(path, _ -> {
                    throw new GrpcException(GrpcException.Code.UNIMPLEMENTED, path + " is not supported by Berth");
                });
                thread = Optional.of(Thread.ofVirtual().name("call").start(() -> serve(call, method)));
            }
            ctx.fireChannelRead(frame);
        }

        private static void serve(GrpcCall call, Method method) {
            try {
                method.serve(call);
                call.answer(GrpcException.Code.OK, "");
            } catch (GrpcException e) {
                call.answer(e.code(), String.valueOf(e.getMessage()));
            } catch (InterruptedException e) {
                call.answer(GrpcException.Code.CANCELLED, "the call was cancelled");
            } catch (IOException | RuntimeException e) {
                call.answer(GrpcException.Code.UNKNOWN, String.valueOf(e.getMessage()));
            }
        }
    }
}
