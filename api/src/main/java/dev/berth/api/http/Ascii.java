package dev.berth.api.http;

import java.nio.charset.StandardCharsets;

/** The bytes of HTTP's own text. */
final class Ascii {
    static final byte[] CRLF = {'\r', '\n'};
    static final byte[] LAST_CHUNK = bytes("0\r\n\r\n");

    private Ascii() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
