package dev.berth.linux.nftables;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A rule's comment in its user data, where nft(8) keeps it: type, length, text and a zero. */
final class Comment {
    private static final int TYPE_COMMENT = 0;
    private static final int HEADER_BYTES = 2;

    private Comment() {}

    static byte[] encode(String comment) {
        byte[] text = comment.getBytes(StandardCharsets.UTF_8);
        byte[] data = new byte[HEADER_BYTES + text.length + 1];
        data[0] = TYPE_COMMENT;
        data[1] = (byte) (text.length + 1);
        System.arraycopy(text, 0, data, HEADER_BYTES, text.length);
        return data;
    }

    /** Absent where the data has none, or isn't what nft(8) would have written. */
    static Optional<String> decode(byte[] data) {
        int at = 0;
        while (at + HEADER_BYTES <= data.length) {
            int length = data[at + 1] & 0xff;
            int start = at + HEADER_BYTES;
            if (start + length > data.length) {
                return Optional.empty();
            }
            if (data[at] == TYPE_COMMENT && length > 0) {
                return Optional.of(new String(data, start, length - 1, StandardCharsets.UTF_8));
            }
            at = start + length;
        }
        return Optional.empty();
    }
}
