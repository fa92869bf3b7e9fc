package dev.berth.engine.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A file that is read forwards, block by block, up to a limit that may move on. */
final class RecordSource {
    private static final int BLOCK_BYTES = 64 << 10;

    private final FileChannel file;
    private final ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES).limit(0);
    private long offset;
    private long limit;

    RecordSource(FileChannel file, long offset) {
        this.file = file;
        this.offset = offset;
    }

    void limit(long newLimit) {
        limit = newLimit;
    }

    /** How far it was read. */
    long offset() {
        return offset;
    }

    long remaining() {
        return limit - offset;
    }

    /** Goes on elsewhere. */
    void seek(long newOffset) {
        offset = newOffset;
        block.limit(0);
    }

    /** The next byte, or -1 at the limit. */
    int read() throws IOException {
        if (offset >= limit || (!block.hasRemaining() && !fill())) {
            return -1;
        }
        offset++;
        return block.get() & 0xff;
    }

    /** Reads as many bytes as there is room for; gives whether there were so many. */
    boolean read(byte[] into) throws IOException {
        if (remaining() < into.length) {
            return false;
        }
        int done = 0;
        while (done < into.length) {
            if (!block.hasRemaining() && !fill()) {
                return false;
            }
            int some = Math.min(block.remaining(), into.length - done);
            block.get(into, done, some);
            done += some;
            offset += some;
        }
        return true;
    }

    /** Gives whether there was more; where somebody has cut the file, it ends before the limit. */
    private boolean fill() throws IOException {
        block.clear();
        int read = file.read(block, offset);
        block.flip();
        if (read <= 0) {
            limit = offset;
        }
        return read > 0;
    }
}
