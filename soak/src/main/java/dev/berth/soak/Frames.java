package dev.berth.soak;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What came of the two streams of a multiplexed one so far. */
final class Frames {
    private static final int HEADER_BYTES = 8;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    /** Reads to the end of the stream. */
    static Frames all(InputStream in) throws IOException {
        Frames frames = new Frames();
        while (frames.next(in)) {
            // each is kept
        }
        return frames;
    }

    /** Reads one more frame; false at the end of the stream. */
    boolean next(InputStream in) throws IOException {
        byte[] header = in.readNBytes(HEADER_BYTES);
        if (header.length == 0) {
            return false;
        }
        if (header.length < HEADER_BYTES) {
            throw new EOFException("a stream that ends in the middle of a frame's header");
        }
        int length = ByteBuffer.wrap(header).getInt(4);
        byte[] payload = in.readNBytes(length);
        if (payload.length < length) {
            throw new EOFException("a stream that ends in the middle of a frame");
        }
        switch (header[0]) {
            case 1 -> out.write(payload);
            case 2 -> err.write(payload);
            default -> throw new Divergence("a frame of stream " + header[0]);
        }
        return true;
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
