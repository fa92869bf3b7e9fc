package dev.berth.soak;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** Archives of one small file, of the client's own making: the engine's reader is not to be trusted with the engine's writer. */
final class Tar {
    private static final int BLOCK_BYTES = 512;

    private Tar() {}

    static byte[] of(String name, byte[] content) {
        byte[] header = new byte[BLOCK_BYTES];
        put(header, 0, name);
        put(header, 100, "0000644");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, octal(content.length));
        put(header, 136, octal(1_000_000_000));
        put(header, 148, "        ");
        header[156] = '0';
        put(header, 257, "ustar");
        put(header, 263, "00");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, String.format(Locale.ROOT, "%06o", sum));
        header[154] = 0;
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        tar.writeBytes(header);
        tar.writeBytes(content);
        tar.writeBytes(new byte[(BLOCK_BYTES - content.length % BLOCK_BYTES) % BLOCK_BYTES + 2 * BLOCK_BYTES]);
        return tar.toByteArray();
    }

    /** The content of the one file of an archive. */
    static byte[] file(byte[] tar, String name) {
        int at = 0;
        while (at + BLOCK_BYTES <= tar.length && tar[at] != 0) {
            String found = new String(tar, at, 100, StandardCharsets.UTF_8).split("\0", 2)[0];
            String size = new String(tar, at + 124, 12, StandardCharsets.US_ASCII).split("[\0 ]", 2)[0];
            int length = Integer.parseInt(size, 8);
            if (tar[at + 156] == '0') {
                if (!found.equals(name)) {
                    throw new Divergence("an archive of " + found + " instead of " + name);
                }
                return Arrays.copyOfRange(tar, at + BLOCK_BYTES, at + BLOCK_BYTES + length);
            }
            at += BLOCK_BYTES + (length + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES; // a PAX header before it
        }
        throw new Divergence("an archive of " + tar.length + " bytes without the file " + name);
    }

    private static String octal(long value) {
        return String.format(Locale.ROOT, "%011o", value);
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
