package dev.berth.image.tar;

import dev.berth.image.oci.ImageException;
import java.nio.charset.StandardCharsets;

/** The 512 bytes before an entry: field by field, in the layouts of v7, ustar, star and GNU tar. */
final class TarHeader {
    static final int BLOCK = 512;

    private static final int NAME = 0;
    private static final int MODE = 100;
    private static final int UID = 108;
    private static final int GID = 116;
    private static final int SIZE = 124;
    private static final int MODIFIED = 136;
    private static final int CHECKSUM = 148;
    private static final int TYPE = 156;
    private static final int LINK = 157;
    private static final int MAGIC = 257;
    private static final int DEVICE_MAJOR = 329;
    private static final int DEVICE_MINOR = 337;
    private static final int PREFIX = 345;
    private static final int STAR_TRAILER = 508;
    private static final int GNU_SPARSE = 386;
    private static final int GNU_SPARSE_IS_EXTENDED = 482;
    private static final int GNU_SPARSE_REAL_SIZE = 483;

    private final byte[] block;

    TarHeader(byte[] block) {
        this.block = block;
    }

    boolean isZero() {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /** Refuses a block whose checksum, in either of the two historical ways of adding, does not fit. */
    void verify() throws ImageException {
        long unsigned = 0;
        long signed = 0;
        for (int i = 0; i < BLOCK; i++) {
            byte b = i >= CHECKSUM && i < CHECKSUM + 8 ? (byte) ' ' : block[i];
            unsigned += b & 0xff;
            signed += b;
        }
        long stored = number(block, CHECKSUM, 8);
        if (stored != unsigned && stored != signed) {
            throw ImageException.invalid("not a tar archive, or a damaged one: a header's checksum does not fit");
        }
    }

    char type() {
        return (char) (block[TYPE] & 0xff);
    }

    String name() {
        String name = text(NAME, 100);
        String prefix = prefix();
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    String link() {
        return text(LINK, 100);
    }

    long mode() throws ImageException {
        return number(block, MODE, 8);
    }

    long uid() throws ImageException {
        return number(block, UID, 8);
    }

    long gid() throws ImageException {
        return number(block, GID, 8);
    }

    long size() throws ImageException {
        return number(block, SIZE, 12);
    }

    long modified() throws ImageException {
        return number(block, MODIFIED, 12);
    }

    long deviceMajor() throws ImageException {
        return number(block, DEVICE_MAJOR, 8);
    }

    long deviceMinor() throws ImageException {
        return number(block, DEVICE_MINOR, 8);
    }

    /** The four runs of data in an old GNU sparse header; where an empty pair ends them, fewer. */
    void addGnuSegments(SparseMap map) throws ImageException {
        map.addPairs(block, GNU_SPARSE, 4);
    }

    boolean gnuSparseIsExtended() {
        return block[GNU_SPARSE_IS_EXTENDED] != 0;
    }

    long gnuRealSize() throws ImageException {
        return number(block, GNU_SPARSE_REAL_SIZE, 12);
    }

    /** Octal digits between blanks, or, with the first bit set, a big-endian number in two's complement (GNU, star). */
    static long number(byte[] block, int from, int length) throws ImageException {
        if ((block[from] & 0x80) != 0) {
            return binary(block, from, length);
        }
        int i = from;
        int end = from + length;
        while (i < end && (block[i] == ' ' || block[i] == 0)) {
            i++;
        }
        long value = 0;
        for (; i < end && block[i] != ' ' && block[i] != 0; i++) {
            if (block[i] < '0' || block[i] > '7') {
                throw ImageException.invalid("a damaged tar archive: a header has a number that is not octal");
            }
            value = (value << 3) | (block[i] - '0');
        }
        return value;
    }

    private static long binary(byte[] block, int from, int length) throws ImageException {
        boolean negative = (block[from] & 0x40) != 0;
        long value = negative ? -1 : 0;
        for (int i = 0; i < length; i++) {
            int b = block[from + i] & 0xff;
            if (i == 0) {
                b = negative ? b | 0x80 : b & 0x7f;
            }
            if (length - i > 8 && b != (negative ? 0xff : 0)) {
                throw ImageException.invalid("a tar archive's header has a number of more than 64 bits");
            }
            value = (value << 8) | b;
        }
        if ((value < 0) != negative) {
            throw ImageException.invalid("a tar archive's header has a number of more than 64 bits");
        }
        return value;
    }

    private String prefix() {
        if (!text(MAGIC, 6).equals("ustar")) {
            return ""; // v7 has none; GNU's "ustar  " keeps times there
        }
        boolean star = text(STAR_TRAILER, 4).equals("tar");
        return text(PREFIX, star ? 131 : 155);
    }

    private String text(int from, int length) {
        int end = from;
        while (end < from + length && block[end] != 0) {
            end++;
        }
        return new String(block, from, end - from, StandardCharsets.ISO_8859_1);
    }
}
