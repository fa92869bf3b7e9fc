package dev.berth.build.files;

import dev.berth.image.oci.Digest;
import java.nio.ByteBuffer;

/** 32 bytes of SHA-256 as a value: of all that is told of a file, or of what is in it. */
public record Fingerprint(long first, long second, long third, long fourth) {
    static final int BYTES = 4 * Long.BYTES;

    /** That of some bytes. */
    public static Fingerprint of(byte[] bytes) {
        return ofDigest(Digest.Algorithm.SHA256.hasher().digest(bytes));
    }

    static Fingerprint ofDigest(byte[] digest) {
        return read(ByteBuffer.wrap(digest));
    }

    static Fingerprint read(ByteBuffer in) {
        return new Fingerprint(in.getLong(), in.getLong(), in.getLong(), in.getLong());
    }

    void write(ByteBuffer out) {
        out.putLong(first).putLong(second).putLong(third).putLong(fourth);
    }

    byte[] toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        write(bytes);
        return bytes.array();
    }
}
