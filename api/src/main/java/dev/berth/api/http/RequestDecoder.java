package dev.berth.api.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;

/** Netty's decoder of requests, which also tells its connection when bytes come, for the time that a head may take. */
final class RequestDecoder extends HttpRequestDecoder {
    private static final int BODY_PIECE_BYTES = 64 << 10;

    private final Connection connection;

    RequestDecoder(Connection connection) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(connection.limits().requestLineBytes())
                .setMaxHeaderSize(connection.limits().headerBytes())
                .setMaxChunkSize(BODY_PIECE_BYTES)
                .setAllowPartialChunks(true));
        this.connection = connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        connection.bytesArrived();
        super.channelRead(ctx, message);
    }
}
