package dev.berth.build.files;

import dev.berth.image.layer.Compression;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Archives, as they are told from other files. */
public final class Archives {
    private static final int MAGIC_AT = 257;
    private static final String MAGIC = "ustar";

    private Archives() {}

    /** Whether a stream is that of a tar, plain or compressed in a way that is known; it is used up. */
    public static boolean isArchive(InputStream content) {
        try (content;
                InputStream in = Compression.decompressed(content)) {
            byte[] head = in.readNBytes(MAGIC_AT + MAGIC.length());
            return head.length == MAGIC_AT + MAGIC.length()
                    && new String(head, MAGIC_AT, MAGIC.length(), StandardCharsets.US_ASCII).equals(MAGIC);
        } catch (IOException e) {
            return false; // it only begins like something that is compressed
        }
    }
}
