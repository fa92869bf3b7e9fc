package dev.berth.image.tar;

import dev.berth.linux.file.FileName;
import java.nio.charset.StandardCharsets;

/** Names as archives have them here, one character a byte, and as files do. */
public final class RawName {
    private RawName() {}

    /** A file's name or path as an archive's. */
    public static String of(String name) {
        return new String(FileName.encode(name), StandardCharsets.ISO_8859_1);
    }

    /** An archive's name or path as a file's. */
    public static String decode(String raw) {
        return FileName.decode(raw.getBytes(StandardCharsets.ISO_8859_1));
    }
}
