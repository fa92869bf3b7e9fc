package dev.berth.api.route;

import dev.berth.api.http.Exchange;
import dev.berth.api.http.Status;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * A document that may be long, sent in pieces while it is made. A short one is sent as a whole, with its length, by
 * {@link #complete}; until the first piece is full another answer can still be given. It has no {@code close}: what is not
 * completed is cut off, as it should be after a failure.
 */
final class LongAnswer extends OutputStream {
    private static final int PIECE_BYTES = 32 << 10;

    private final Exchange exchange;
    private final String contentType;
    private byte[] piece = new byte[1 << 10];
    private int size;
    private OutputStream rest = OutputStream.nullOutputStream();

    LongAnswer(Exchange exchange, String contentType) {
        this.exchange = exchange;
        this.contentType = contentType;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int done = 0; done < length; ) {
            if (size == PIECE_BYTES) {
                send();
            }
            int count = Math.min(length - done, PIECE_BYTES - size);
            if (count > piece.length - size) {
                piece = Arrays.copyOf(piece, Math.clamp(2L * (size + count), 0, PIECE_BYTES));
            }
            System.arraycopy(bytes, offset + done, piece, size, count);
            size += count;
            done += count;
        }
    }

    private void send() throws IOException {
        if (!exchange.isAnswered()) {
            rest = exchange.stream(Status.OK, contentType);
        }
        rest.write(piece, 0, size);
        size = 0;
    }

    /** Nothing more will be written. */
    void complete() throws IOException {
        if (exchange.isAnswered()) {
            send();
            rest.close();
        } else {
            exchange.answer(Status.OK, contentType, Arrays.copyOf(piece, size));
        }
    }
}
