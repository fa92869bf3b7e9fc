package dev.berth.api.route;

import dev.berth.api.http.Exchange;
import dev.berth.api.http.Status;
import dev.berth.api.stream.LateAnswer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * A document that may be long, sent in pieces while it is made. A short one is sent as a whole, with its length, by
 * {@link #complete}; until the first piece is full another answer can still be given. It has no {@code close}: what is not
 * completed is cut off, as it should be after a failure.
 */
final class LongAnswer extends OutputStream {
    private static final int PIECE_BYTES = 32 << 10;

    private final Exchange exchange;
    private final String contentType;
    private final LateAnswer pieces;
    private final ByteArrayOutputStream piece = new ByteArrayOutputStream(1 << 10);

    LongAnswer(Exchange exchange, String contentType) {
        this.exchange = exchange;
        this.contentType = contentType;
        this.pieces = new LateAnswer(exchange, contentType);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (piece.size() + length > PIECE_BYTES) {
            piece.writeTo(pieces);
            piece.reset();
        }
        piece.write(bytes, offset, length);
    }

    /** Nothing more will be written. */
    void complete() throws IOException {
        if (exchange.isAnswered()) {
            piece.writeTo(pieces);
            pieces.end();
            pieces.close();
        } else {
            exchange.answer(Status.OK, contentType, piece.toByteArray());
        }
    }
}
