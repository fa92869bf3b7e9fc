package dev.berth.build.attest.rpm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A database of SQLite's, of which whole tables are read (https://www.sqlite.org/fileformat2.html). */
final class SqliteFile {
    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    private static final int PAGE_SIZE_AT = 16;
    private static final int RESERVED_AT = 20;
    private static final int FILE_HEADER_BYTES = 100;
    private static final int SMALLEST_PAGE = 512;
    private static final int LARGEST_PAGE = 64 << 10;

    private static final byte INTERIOR = 5;
    private static final byte LEAF = 13;
    private static final int CELLS_AT = 3;
    private static final int RIGHTMOST_AT = 8;
    private static final int LEAF_HEADER_BYTES = 8;
    private static final int INTERIOR_HEADER_BYTES = 12;
    /** A tree of 2^31 pages with two to each is no deeper. */
    private static final int MOST_DEPTH = 32;

    /** Columns of the table of tables: what it is, its name, whose it is, the first page. */
    private static final int TYPE = 0;

    private static final int NAME = 1;
    private static final int ROOT = 3;

    private final ByteBuffer file;
    private final int pageBytes;
    private final int usableBytes;
    /** Pages that the log has newer than the file. */
    private final Map<Integer, ByteBuffer> newer;

    private final RpmDatabase.Budget budget;

    SqliteFile(ByteBuffer file, ByteBuffer log) throws IOException {
        this.file = file;
        int stated = Short.toUnsignedInt(file.getShort(PAGE_SIZE_AT));
        pageBytes = stated == 1 ? LARGEST_PAGE : stated;
        usableBytes = pageBytes - Byte.toUnsignedInt(file.get(RESERVED_AT));
        if (Integer.bitCount(pageBytes) != 1 || pageBytes < SMALLEST_PAGE || usableBytes < SMALLEST_PAGE - 32) {
            throw new IOException("it is damaged: pages of " + stated + " bytes");
        }
        newer = SqliteLog.pages(log, pageBytes);
        budget = new RpmDatabase.Budget(file.limit() + (long) log.limit());
    }

    static boolean is(ByteBuffer file) {
        return file.remaining() > FILE_HEADER_BYTES
                && file.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC));
    }

    /** The second column of all rows of a table, the first being their number. */
    List<ByteBuffer> blobs(String table) throws IOException {
        for (ByteBuffer row : rows(1)) {
            List<ByteBuffer> columns = columns(row);
            if (columns.size() > ROOT
                    && text(columns.get(TYPE)).equals("table")
                    && text(columns.get(NAME)).equals(table)) {
                List<ByteBuffer> blobs = new ArrayList<>();
                for (ByteBuffer each : rows(number(columns.get(ROOT)))) {
                    List<ByteBuffer> values = columns(each);
                    if (values.size() > 1) {
                        blobs.add(values.get(1));
                    }
                }
                return blobs;
            }
        }
        throw new IOException("it has no table " + table);
    }

    private static String text(ByteBuffer value) {
        return StandardCharsets.UTF_8.decode(value.slice()).toString();
    }

    private static int number(ByteBuffer value) {
        long number = 0;
        for (int i = 0; i < value.limit(); i++) {
            number = number << 8 | Byte.toUnsignedInt(value.get(i));
        }
        return Math.toIntExact(number);
    }

    private ByteBuffer page(int number) throws IOException {
        ByteBuffer logged = newer.get(number);
        if (logged != null) {
            return logged;
        }
        if (number < 1) {
            throw new IOException("it is damaged: a page with the number " + Integer.toUnsignedString(number));
        }
        return file.slice(Math.multiplyExact(number - 1, pageBytes), pageBytes);
    }

    private List<ByteBuffer> rows(int root) throws IOException {
        List<ByteBuffer> rows = new ArrayList<>();
        int[] left = {file.limit() / pageBytes + newer.size()};
        addRows(root, 0, left, rows);
        return rows;
    }

    /** @param left how many more pages there can be: one that leads back to another is gone to once too often */
    private void addRows(int number, int depth, int[] left, List<ByteBuffer> rows) throws IOException {
        if (depth > MOST_DEPTH || left[0]-- <= 0) {
            throw new IOException("it is damaged: a table's pages go round in a circle");
        }
        ByteBuffer page = page(number);
        int header = number == 1 ? FILE_HEADER_BYTES : 0;
        byte type = page.get(header);
        int cells = Short.toUnsignedInt(page.getShort(header + CELLS_AT));
        int pointers = header + (type == INTERIOR ? INTERIOR_HEADER_BYTES : LEAF_HEADER_BYTES);
        for (int cell = 0; cell < cells; cell++) {
            int at = Short.toUnsignedInt(page.getShort(pointers + 2 * cell));
            switch (type) {
                case INTERIOR -> addRows(page.getInt(at), depth + 1, left, rows);
                case LEAF -> rows.add(row(page, at));
                default -> throw new IOException("it is damaged: page " + number + " is of no table");
            }
        }
        if (type == INTERIOR) {
            addRows(page.getInt(header + RIGHTMOST_AT), depth + 1, left, rows);
        }
    }

    /** The bytes of a row: those on its page, and those that had no room there. */
    private ByteBuffer row(ByteBuffer page, int at) throws IOException {
        ByteBuffer cell = page.slice(at, page.limit() - at);
        int bytes = budget.take(varint(cell));
        varint(cell); // the row's number
        int here = local(bytes);
        if (here == bytes) {
            return cell.slice(cell.position(), bytes);
        }
        ByteBuffer row = ByteBuffer.allocate(bytes).put(cell.slice(cell.position(), here));
        int next = cell.getInt(cell.position() + here);
        while (row.hasRemaining()) {
            ByteBuffer overflow = page(next);
            row.put(overflow.slice(Integer.BYTES, Math.min(row.remaining(), usableBytes - Integer.BYTES)));
            next = overflow.getInt(0);
        }
        return row.flip();
    }

    /** How many bytes of a row are on its page (section 1.6 of the format). */
    private int local(int bytes) {
        int most = usableBytes - 35;
        if (bytes <= most) {
            return bytes;
        }
        int least = (usableBytes - 12) * 32 / 255 - 23;
        int filling = least + (bytes - least) % (usableBytes - Integer.BYTES);
        return filling <= most ? filling : least;
    }

    /** The values of a row, as bytes; constants and what is null have none. */
    private static List<ByteBuffer> columns(ByteBuffer row) {
        ByteBuffer types = row.slice();
        int header = Math.toIntExact(varint(types));
        int at = header;
        List<ByteBuffer> columns = new ArrayList<>();
        while (types.position() < header) {
            int bytes = width(varint(types));
            columns.add(row.slice(at, bytes));
            at += bytes;
        }
        return columns;
    }

    private static int width(long type) {
        if (type >= 12) {
            return Math.toIntExact((type - 12) / 2);
        }
        return switch ((int) type) {
            case 1, 2, 3, 4 -> (int) type;
            case 5 -> 6;
            case 6, 7 -> 8;
            default -> 0;
        };
    }

    /** A number of up to nine bytes, the highest first, each but the ninth with seven bits and whether more follow. */
    private static long varint(ByteBuffer bytes) {
        long value = 0;
        for (int i = 0; i < 8; i++) {
            byte next = bytes.get();
            value = value << 7 | (next & 0x7f);
            if (next >= 0) {
                return value;
            }
        }
        return value << 8 | Byte.toUnsignedInt(bytes.get());
    }
}
