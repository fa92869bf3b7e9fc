package dev.berth.engine.log;

import dev.berth.engine.log.LineCutter.OpenLine;
import dev.berth.engine.log.LineCutter.Place;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * How far a run's output is in its log: what the file that was written last is, and up to where it tells what each stream
 * has printed. What comes after in the file was written by an engine that was killed before it could say so.
 *
 * @param inode the number of the log's file; zero where there is none
 * @param length bytes of the file
 */
record Checkpoint(long inode, long length, Place stdout, Place stderr) {
    static final int BYTES = 112;

    private static final long MAGIC = 0x62657274_686c6f67L; // "berthlog"
    private static final int CHECKED_BYTES = 104;

    /** As bytes of its file: all within a page, so that no kill can tear them. */
    ByteBuffer encode() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        bytes.putLong(MAGIC).putLong(inode).putLong(length);
        put(stdout, bytes);
        put(stderr, bytes);
        bytes.putInt(checksum(bytes));
        return bytes.clear();
    }

    /** Reads it back; empty where that is no checkpoint. */
    static Optional<Checkpoint> decode(ByteBuffer bytes) {
        if (bytes.remaining() < BYTES || bytes.getLong(0) != MAGIC || bytes.getInt(CHECKED_BYTES) != checksum(bytes)) {
            return Optional.empty();
        }
        bytes.position(Long.BYTES);
        return Optional.of(new Checkpoint(bytes.getLong(), bytes.getLong(), place(bytes), place(bytes)));
    }

    private static void put(Place place, ByteBuffer bytes) {
        OpenLine open = place.open().orElse(new OpenLine(new UUID(0, 0), 0, Instant.EPOCH));
        bytes.putLong(place.position())
                .putLong(open.id().getMostSignificantBits())
                .putLong(open.id().getLeastSignificantBits())
                .putInt(open.pieces())
                .putInt(open.at().getNano())
                .putLong(open.at().getEpochSecond());
    }

    private static Place place(ByteBuffer bytes) {
        long position = bytes.getLong();
        UUID id = new UUID(bytes.getLong(), bytes.getLong());
        int pieces = bytes.getInt();
        int nanos = bytes.getInt();
        Instant at = Instant.ofEpochSecond(bytes.getLong(), nanos);
        return new Place(position, pieces == 0 ? Optional.empty() : Optional.of(new OpenLine(id, pieces, at)));
    }

    private static int checksum(ByteBuffer bytes) {
        CRC32C sum = new CRC32C();
        sum.update(bytes.duplicate().clear().limit(CHECKED_BYTES));
        return (int) sum.getValue();
    }
}
