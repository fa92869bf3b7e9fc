package dev.berth.engine.log;

/** What is well-formed UTF-8 (RFC 3629), as Go sees it: a byte that begins no character stands alone. */
final class Utf8 {
    private Utf8() {}

    /** The length of the character that begins here with a byte above 0x7f; zero where none does. */
    static int length(byte[] bytes, int at, int to) {
        int first = bytes[at] & 0xff;
        int length;
        int low = 0x80;
        int high = 0xbf;
        if (first >= 0xc2 && first <= 0xdf) {
            length = 2;
        } else if (first >= 0xe0 && first <= 0xef) {
            length = 3;
            low = first == 0xe0 ? 0xa0 : low; // shorter ones would do
            high = first == 0xed ? 0x9f : high; // surrogates
        } else if (first >= 0xf0 && first <= 0xf4) {
            length = 4;
            low = first == 0xf0 ? 0x90 : low;
            high = first == 0xf4 ? 0x8f : high; // above U+10FFFF
        } else {
            return 0;
        }
        if (to - at < length || !isWithin(bytes[at + 1], low, high)) {
            return 0;
        }
        for (int i = 2; i < length; i++) {
            if (!isWithin(bytes[at + i], 0x80, 0xbf)) {
                return 0;
            }
        }
        return length;
    }

    private static boolean isWithin(byte b, int low, int high) {
        int value = b & 0xff;
        return value >= low && value <= high;
    }
}
