package dev.berth.api.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

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

    /**
     * What a head asks for that was decoded without failure.
     *
     * @throws IllegalArgumentException if its target is not well-formed
     */
    static Request request(HttpRequest head) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (Map.Entry<String, String> field : head.headers()) {
            headers.putIfAbsent(field.getKey().toLowerCase(Locale.ROOT), field.getValue());
        }
        boolean http11 = head.protocolVersion().equals(HttpVersion.HTTP_1_1);
        return Request.of(head.method().name(), head.uri(), headers, http11);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        connection.bytesArrived();
        super.channelRead(ctx, message);
    }
}
