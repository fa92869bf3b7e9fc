package dev.berth.cli.build;

import java.nio.charset.StandardCharsets;

/** The first bytes of what comes from standard input, which may be an archive or a Dockerfile. */
final class ArchiveHead {
    /** A tar's header. */
    static final int BYTES = 512;

    private static final int SUM_AT = 148;
    private static final int SUM_BYTES = 8;
    /** bzip2, gzip, xz, zstd. */
    private static final String[] COMPRESSED = {"BZh", "\u001f\u008b", "\u00fd7zXZ\0", "(\u00b5/\u00fd"};

    private ArchiveHead() {}

    static boolean isArchive(byte[] head) {
        String text = new String(head, StandardCharsets.ISO_8859_1);
        for (String magic : COMPRESSED) {
            if (text.startsWith(magic)) {
                return true;
            }
        }
        return head.length == BYTES && hasSum(head, text.substring(SUM_AT, SUM_AT + SUM_BYTES));
    }

    /** Whether the header's sum, in which itself counts as blanks, is what the header says. */
    private static boolean hasSum(byte[] head, String said) {
        long sum = ' ' * SUM_BYTES;
        for (int i = 0; i < BYTES; i++) {
            sum += i >= SUM_AT && i < SUM_AT + SUM_BYTES ? 0 : head[i] & 0xff;
        }
        try {
            return Long.parseLong(said.replace('\0', ' ').strip(), 8) == sum;
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
