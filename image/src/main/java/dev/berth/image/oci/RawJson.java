package dev.berth.image.oci;

/**
 * A JSON document exactly as it came or was first written: its digest is its identity, and writing it anew would
 * change it.
 */
public final class RawJson {
    private final byte[] bytes;
    private final Digest digest;

    /** The document of these bytes, which the caller does not change afterwards. */
    public RawJson(byte[] bytes) {
        this.bytes = bytes;
        this.digest = Digest.sha256(bytes);
    }

    /** A copy of the bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Their SHA-256 digest. */
    public Digest digest() {
        return digest;
    }

    /** Their number. */
    public int size() {
        return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RawJson raw && raw.digest.equals(digest);
    }

    @Override
    public int hashCode() {
        return digest.hashCode();
    }

    @Override
    public String toString() {
        return "JSON " + digest;
    }
}
