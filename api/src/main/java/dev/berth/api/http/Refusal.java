package dev.berth.api.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;

/** The answer to what is no request, or to a client that is one too many; after it the connection ends. */
record Refusal(Status status, String contentType, String body) {
    Refusal(Status status, String reason) {
        this(status, "text/plain; charset=utf-8", status.code() + " " + status.reason() + ": " + reason + "\n");
    }

    /** @param cause why the decoder could make no request of what came */
    static Refusal of(Throwable cause, Limits limits) {
        return switch (cause) {
            case TooLongHttpLineException e ->
                new Refusal(
                        Status.URI_TOO_LONG, "the request line is longer than " + limits.requestLineBytes() + " bytes");
            case TooLongHttpHeaderException e ->
                new Refusal(
                        Status.HEADER_FIELDS_TOO_LARGE,
                        "the header fields are longer than " + limits.headerBytes() + " bytes");
            default -> new Refusal(Status.BAD_REQUEST, "malformed request");
        };
    }

    /** @param commonHeaders the header lines that every answer has */
    void send(Channel channel, String commonHeaders) {
        String head = "HTTP/1.1 " + status.code() + " " + status.reason() + "\r\n" + commonHeaders
                + "Content-Type: " + contentType + "\r\nContent-Length: " + body.length()
                + "\r\nConnection: close\r\n\r\n";
        channel.writeAndFlush(Unpooled.wrappedBuffer(Ascii.bytes(head + body)))
                .addListener(ChannelFutureListener.CLOSE);
    }
}
