package dev.berth.build.attest.rpm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A hash table of Berkeley DB's. Which bucket a page is of does not matter to who wants all values: the pages are gone
 * through as they come. Numbers are as the machine had them that has written it.
 */
final class BerkeleyHashFile {
    private static final int MAGIC = 0x00061561;
    private static final int MAGIC_AT = 12;
    private static final int PAGE_SIZE_AT = 20;
    private static final int ENCRYPTION_AT = 24;
    private static final int LAST_PAGE_AT = 32;

    private static final int NEXT_AT = 16;
    private static final int ENTRIES_AT = 20;
    private static final int OFFSET_AT = 22;
    private static final int TYPE_AT = 25;
    private static final int PAGE_HEADER_BYTES = 26;

    private static final byte HASH_UNSORTED = 2;
    private static final byte OVERFLOW = 7;
    private static final byte HASH = 13;

    private static final byte ON_PAGE = 1;
    private static final byte OFF_PAGE = 3;

    private static final int SMALLEST_PAGE = 512;
    private static final int LARGEST_PAGE = 64 << 10;
    /** A package's number; under the number 0 is the highest one so far, of as many bytes. */
    private static final int NUMBER_BYTES = 4;

    private final ByteBuffer file;
    private final int pageBytes;
    private final int pages;
    private final RpmDatabase.Budget budget;

    BerkeleyHashFile(ByteBuffer database) throws IOException {
        file = ordered(database);
        budget = new RpmDatabase.Budget(file.limit());
        pageBytes = file.getInt(PAGE_SIZE_AT);
        if (Integer.bitCount(pageBytes) != 1 || pageBytes < SMALLEST_PAGE || pageBytes > LARGEST_PAGE) {
            throw new IOException("it is damaged: pages of " + Integer.toUnsignedString(pageBytes) + " bytes");
        }
        if (file.get(ENCRYPTION_AT) != 0) {
            throw new IOException("it is encrypted");
        }
        pages = Math.addExact(file.getInt(LAST_PAGE_AT), 1);
        if (pages < 1 || (long) pages * pageBytes > file.limit()) {
            throw new IOException("it is damaged: it has ended before its last page");
        }
    }

    static boolean is(ByteBuffer file) {
        return file.remaining() > LAST_PAGE_AT + NUMBER_BYTES && ordered(file).getInt(MAGIC_AT) == MAGIC;
    }

    private static ByteBuffer ordered(ByteBuffer file) {
        boolean lowestFirst = file.slice().order(ByteOrder.LITTLE_ENDIAN).getInt(MAGIC_AT) == MAGIC;
        return file.slice().order(lowestFirst ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    }

    private ByteBuffer page(int number) {
        return file.slice(Math.multiplyExact(number, pageBytes), pageBytes).order(file.order());
    }

    /** The values that are longer than a number. */
    List<ByteBuffer> values() throws IOException {
        List<ByteBuffer> values = new ArrayList<>();
        for (int number = 1; number < pages; number++) {
            ByteBuffer page = page(number);
            byte type = page.get(TYPE_AT);
            if (type == HASH || type == HASH_UNSORTED) {
                addValues(page, values);
            }
        }
        return values;
    }

    /** Keys and values take turns; they are put from the page's end on, each before the one that was there. */
    private void addValues(ByteBuffer page, List<ByteBuffer> values) throws IOException {
        int entries = unsignedShort(page, ENTRIES_AT);
        for (int value = 1; value < entries; value += 2) {
            int at = unsignedShort(page, PAGE_HEADER_BYTES + 2 * value);
            int end = unsignedShort(page, PAGE_HEADER_BYTES + 2 * (value - 1));
            switch (page.get(at)) {
                case ON_PAGE -> {
                    if (end - at - 1 > NUMBER_BYTES) {
                        values.add(page.slice(at + 1, budget.take(end - at - 1)));
                    }
                }
                case OFF_PAGE -> values.add(overflow(page.getInt(at + 4), page.getInt(at + 8)));
                default -> throw new IOException("it is damaged: a value of a kind that rpm does not use");
            }
        }
    }

    private ByteBuffer overflow(int first, int bytes) throws IOException {
        ByteBuffer value = ByteBuffer.allocate(budget.take(bytes));
        for (int number = first; value.hasRemaining(); ) {
            ByteBuffer page = page(number);
            int part = unsignedShort(page, OFFSET_AT);
            if (page.get(TYPE_AT) != OVERFLOW || part == 0 || part > value.remaining()) {
                throw new IOException("it is damaged: page " + number + " does not go on with a value");
            }
            value.put(page.slice(PAGE_HEADER_BYTES, part));
            number = page.getInt(NEXT_AT);
        }
        return value.flip();
    }

    private static int unsignedShort(ByteBuffer page, int at) {
        return Short.toUnsignedInt(page.getShort(at));
    }
}
