package dev.berth.engine.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A file that is read forwards, block by block, up to a limit that may move on. Whoever waits there for more holds no
 * block: thousands may.
 */
final class RecordSource {
    private static final int BLOCK_BYTES = 64 << 10;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final FileChannel file;
    private ByteBuffer block = NOTHING;
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
        block = NOTHING;
    }

    /** The next byte, or -1 at the limit. */
    int read() throws IOException {
        if (offset >= limit || (!block.hasRemaining() && !fill())) {
            return -1;
        }
        int next = block.get() & 0xff;
        moveOn(1);
        return next;
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
            moveOn(some);
        }
        return true;
    }

    private void moveOn(int bytes) {
        offset += bytes;
        if (offset == limit) {
            block = NOTHING;
        }
    }

    /** Gives whether there was more; where somebody has cut the file, it ends before the limit. */
    private boolean fill() throws IOException {
        int most = (int) Math.min(BLOCK_BYTES, limit - offset);
        if (block.capacity() < most) {
            block = ByteBuffer.allocate(most);
        }
        block.clear().limit(most);
        int read = file.read(block, offset);
        block.flip();
        if (read <= 0) {
            limit = offset;
        }
        return read > 0;
    }
}
