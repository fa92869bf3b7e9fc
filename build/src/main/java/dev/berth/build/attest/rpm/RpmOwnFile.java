package dev.berth.build.attest.rpm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The database that rpm has of its own ("ndb", {@code Packages.db}): pages of slots at the beginning, each of which tells where a
 * blob is. All numbers have the lowest byte first.
 */
final class RpmOwnFile {
    private static final int FILE_MAGIC = magic("RpmP");
    private static final int SLOT_MAGIC = magic("Slot");
    private static final int BLOB_MAGIC = magic("BlbS");
    private static final int PAGES_AT = 12;
    private static final int PAGE_BYTES = 4096;
    private static final int SLOT_BYTES = 16;
    private static final int BLOCK_BYTES = 16;
    private static final int BLOB_PREFIX_BYTES = 16;
    /** The file's own header is where the first two slots would be. */
    private static final int FIRST_SLOT = 2;

    private final ByteBuffer file;
    private final RpmDatabase.Budget budget;

    RpmOwnFile(ByteBuffer database) {
        file = ordered(database);
        budget = new RpmDatabase.Budget(file.limit());
    }

    private static int magic(String text) {
        return text.charAt(0) | text.charAt(1) << 8 | text.charAt(2) << 16 | text.charAt(3) << 24;
    }

    private static ByteBuffer ordered(ByteBuffer file) {
        return file.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    static boolean is(ByteBuffer file) {
        return file.remaining() > PAGES_AT && ordered(file).getInt(0) == FILE_MAGIC;
    }

    List<ByteBuffer> blobs() throws IOException {
        int slots = Math.multiplyExact(file.getInt(PAGES_AT), PAGE_BYTES / SLOT_BYTES);
        List<ByteBuffer> blobs = new ArrayList<>();
        for (int slot = FIRST_SLOT; slot < slots; slot++) {
            int at = slot * SLOT_BYTES;
            if (file.getInt(at) != SLOT_MAGIC) {
                throw new IOException("it is damaged: slot " + slot + " is none");
            }
            int block = file.getInt(at + 8);
            if (block != 0) { // else the slot is free
                blobs.add(blob(file.getInt(at + 4), Math.multiplyExact(block, BLOCK_BYTES)));
            }
        }
        return blobs;
    }

    private ByteBuffer blob(int index, int at) throws IOException {
        if (file.getInt(at) != BLOB_MAGIC || file.getInt(at + 4) != index) {
            throw new IOException("it is damaged: package " + index + " is not where its slot says");
        }
        return file.slice(at + BLOB_PREFIX_BYTES, budget.take(file.getInt(at + 12)));
    }
}
