package dev.berth.image.tar;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a tar: ustar headers, and PAX records for what these can't hold (long names, large numbers, fractions of
 * seconds, extended attributes). The same entries give the same bytes. Sparse files are written with their holes
 * filled. Does not close the stream it writes to.
 */
public final class TarWriter implements Closeable {
    private static final long MAX_OCTAL_7 = 07777777;
    private static final long MAX_OCTAL_11 = 077777777777L;
    private static final int NAME_BYTES = 100;

    private final OutputStream out;
    private long missing;
    private int padding;

    public TarWriter(OutputStream out) {
        this.out = out;
    }

    /** Begins an entry; a file's data follows by {@link #write}. */
    public void begin(TarEntry entry) throws IOException {
        endEntry();
        String path = entry.type() == TarEntry.Type.DIRECTORY && !entry.path().endsWith("/")
                ? entry.path() + "/"
                : entry.path();
        byte[] records = records(entry, path);
        if (records.length > 0) {
            out.write(header(
                    "PaxHeaders/" + shortened(path, NAME_BYTES - 11),
                    'x',
                    0644,
                    0,
                    0,
                    Instant.EPOCH,
                    records.length,
                    "",
                    0,
                    0));
            out.write(records);
            pad(records.length);
        }
        out.write(header(
                shortened(path, NAME_BYTES),
                type(entry.type()),
                entry.mode(),
                entry.uid() > MAX_OCTAL_7 ? 0 : entry.uid(),
                entry.gid() > MAX_OCTAL_7 ? 0 : entry.gid(),
                entry.modified(),
                entry.size() > MAX_OCTAL_11 ? 0 : entry.size(),
                shortened(entry.linkTarget(), NAME_BYTES),
                entry.deviceMajor(),
                entry.deviceMinor()));
        missing = entry.size();
        padding = (int) (-entry.size() & (TarHeader.BLOCK - 1));
    }

    /** Appends to the current file's data. */
    public void write(byte[] bytes, int from, int length) throws IOException {
        if (length > missing) {
            throw new IOException("a file grew while it was written to an archive");
        }
        out.write(bytes, from, length);
        missing -= length;
    }

    /** Ends the archive. */
    @Override
    public void close() throws IOException {
        endEntry();
        out.write(new byte[2 * TarHeader.BLOCK]);
    }

    private void endEntry() throws IOException {
        if (missing > 0) {
            throw new IOException("a file shrank while it was written to an archive");
        }
        out.write(new byte[padding]);
        padding = 0;
    }

    private void pad(int length) throws IOException {
        out.write(new byte[-length & (TarHeader.BLOCK - 1)]);
    }

    private static byte[] records(TarEntry entry, String path) throws IOException {
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        if (path.length() > NAME_BYTES) {
            record(records, "path", bytes(path));
        }
        if (entry.linkTarget().length() > NAME_BYTES) {
            record(records, "linkpath", bytes(entry.linkTarget()));
        }
        if (entry.uid() > MAX_OCTAL_7) {
            record(records, "uid", bytes(Long.toString(entry.uid())));
        }
        if (entry.gid() > MAX_OCTAL_7) {
            record(records, "gid", bytes(Long.toString(entry.gid())));
        }
        if (entry.size() > MAX_OCTAL_11) {
            record(records, "size", bytes(Long.toString(entry.size())));
        }
        Instant modified = entry.modified();
        if (modified.getNano() != 0 || headerSeconds(modified) != modified.getEpochSecond()) {
            BigDecimal seconds = BigDecimal.valueOf(modified.getEpochSecond())
                    .add(BigDecimal.valueOf(modified.getNano(), 9))
                    .stripTrailingZeros();
            record(records, "mtime", bytes(seconds.toPlainString()));
        }
        for (Map.Entry<String, byte[]> xattr : new TreeMap<>(entry.xattrs()).entrySet()) {
            if (xattr.getKey().indexOf('=') < 0) { // PAX has no way to write such a key
                record(records, PaxRecords.XATTR + xattr.getKey(), xattr.getValue());
            }
        }
        return records.toByteArray();
    }

    /** One record; its length counts its own digits. */
    private static void record(ByteArrayOutputStream records, String key, byte[] value) throws IOException {
        byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
        int rest = keyBytes.length + value.length + 3;
        int length = rest + Integer.toString(rest).length();
        length = rest + Integer.toString(length).length();
        records.write(bytes(length + " "));
        records.write(keyBytes);
        records.write('=');
        records.write(value);
        records.write('\n');
    }

    private static byte[] header(
            String name,
            char type,
            int mode,
            long uid,
            long gid,
            Instant modified,
            long size,
            String link,
            long deviceMajor,
            long deviceMinor) {
        byte[] block = new byte[TarHeader.BLOCK];
        put(block, 0, name);
        octal(block, 100, 8, mode);
        octal(block, 108, 8, uid);
        octal(block, 116, 8, gid);
        octal(block, 124, 12, size);
        octal(block, 136, 12, headerSeconds(modified));
        put(block, 148, "        ");
        block[156] = (byte) type;
        put(block, 157, link);
        put(block, 257, "ustar\0" + "00");
        octal(block, 329, 8, deviceMajor);
        octal(block, 337, 8, deviceMinor);
        long sum = 0;
        for (byte b : block) {
            sum += b & 0xff;
        }
        octal(block, 148, 7, sum);
        block[155] = ' ';
        return block;
    }

    private static long headerSeconds(Instant modified) {
        return Math.clamp(modified.getEpochSecond(), 0, MAX_OCTAL_11);
    }

    private static char type(TarEntry.Type type) {
        return switch (type) {
            case FILE -> '0';
            case HARD_LINK -> '1';
            case SYMLINK -> '2';
            case CHARACTER_DEVICE -> '3';
            case BLOCK_DEVICE -> '4';
            case DIRECTORY -> '5';
            case FIFO -> '6';
        };
    }

    private static void octal(byte[] block, int at, int length, long value) {
        long rest = value;
        for (int i = at + length - 2; i >= at; i--) {
            block[i] = (byte) ('0' + (rest & 7));
            rest >>>= 3;
        }
    }

    private static void put(byte[] block, int at, String text) {
        byte[] bytes = bytes(text);
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }

    private static String shortened(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
