package dev.berth.build.attest.rpm;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** SQLite's write-ahead log: pages that are not in the database's file yet (section 4 of the format). */
final class SqliteLog {
    /** The last bit tells in which order of bytes the sums are computed, which are not looked at. */
    private static final int MAGIC = 0x377f0682;

    private static final int PAGE_SIZE_AT = 8;
    private static final int SALTS_AT = 16;
    private static final int HEADER_BYTES = 32;
    private static final int FRAME_HEADER_BYTES = 24;

    private SqliteLog() {}

    /** The newest of each page that a finished transaction has written, by number. What is of an earlier round of the log has other salts. */
    static Map<Integer, ByteBuffer> pages(ByteBuffer log, int pageBytes) {
        Map<Integer, ByteBuffer> pages = new HashMap<>();
        if (log.limit() < HEADER_BYTES || (log.getInt(0) & ~1) != MAGIC || log.getInt(PAGE_SIZE_AT) != pageBytes) {
            return pages;
        }
        long salts = log.getLong(SALTS_AT);
        Map<Integer, ByteBuffer> unfinished = new HashMap<>();
        for (int at = HEADER_BYTES;
                at + FRAME_HEADER_BYTES + pageBytes <= log.limit() && log.getLong(at + 8) == salts;
                at += FRAME_HEADER_BYTES + pageBytes) {
            unfinished.put(log.getInt(at), log.slice(at + FRAME_HEADER_BYTES, pageBytes));
            boolean last = log.getInt(at + 4) != 0; // of a transaction: how many pages the database has now
            if (last) {
                pages.putAll(unfinished);
                unfinished.clear();
            }
        }
        return pages;
    }
}
