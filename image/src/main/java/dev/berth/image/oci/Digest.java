package dev.berth.image.oci;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The identity of a blob: a hash algorithm and the hash in lower-case hexadecimal (OCI image-spec, descriptor.md,
 * "Digests"). Only the registered algorithms sha256 and sha512 exist.
 */
public record Digest(Algorithm algorithm, String hex) implements Comparable<Digest> {
    /** A registered hash algorithm. */
    public enum Algorithm {
        SHA256("sha256", "SHA-256", 64),
        SHA512("sha512", "SHA-512", 128);

        private final String prefix;
        private final String javaName;
        private final int hexLength;

        Algorithm(String prefix, String javaName, int hexLength) {
            this.prefix = prefix;
            this.javaName = javaName;
            this.hexLength = hexLength;
        }

        /** The name before the colon, which is also its directory's in the content store. */
        public String prefix() {
            return prefix;
        }

        /** A fresh computation of this hash. */
        public MessageDigest hasher() {
            try {
                return MessageDigest.getInstance(javaName);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("this Java has no " + javaName, e);
            }
        }
    }

    public Digest {
        if (hex.length() != algorithm.hexLength || !isLowerHex(hex)) {
            throw new IllegalArgumentException("not a " + algorithm.prefix + " digest: " + hex);
        }
    }

    /**
     * Reads {@code algorithm:hex}.
     *
     * @throws ImageException (INVALID) if the text is anything else
     */
    public static Digest parse(String text) throws ImageException {
        int colon = text.indexOf(':');
        for (Algorithm algorithm : Algorithm.values()) {
            if (colon == algorithm.prefix.length() && text.startsWith(algorithm.prefix)) {
                String hex = text.substring(colon + 1);
                if (hex.length() == algorithm.hexLength && isLowerHex(hex)) {
                    return new Digest(algorithm, hex);
                }
            }
        }
        throw ImageException.invalid("invalid digest: \"" + abbreviate(text)
                + "\" (expected sha256: or sha512: and lower-case hexadecimal)");
    }

    /** The SHA-256 digest of the bytes. */
    public static Digest sha256(byte[] bytes) {
        return finish(Algorithm.SHA256, hasherOf(bytes));
    }

    /** Ends the computation, which must be one of the algorithm's, and gives its result. */
    public static Digest finish(Algorithm algorithm, MessageDigest hasher) {
        return new Digest(algorithm, HexFormat.of().formatHex(hasher.digest()));
    }

    /** The digest's first twelve digits, as lists of images show it. */
    public String shortHex() {
        return hex.substring(0, 12);
    }

    @Override
    public int compareTo(Digest other) {
        int byAlgorithm = algorithm.compareTo(other.algorithm);
        return byAlgorithm != 0 ? byAlgorithm : hex.compareTo(other.hex);
    }

    @Override
    public String toString() {
        return algorithm.prefix + ":" + hex;
    }

    private static MessageDigest hasherOf(byte[] bytes) {
        MessageDigest hasher = Algorithm.SHA256.hasher();
        hasher.update(bytes);
        return hasher;
    }

    private static boolean isLowerHex(String text) {
        return text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }

    private static String abbreviate(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + "…";
    }
}
