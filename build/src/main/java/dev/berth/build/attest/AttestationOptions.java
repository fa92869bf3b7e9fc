package dev.berth.build.attest;

/**
 * What is to be attested of an image.
 *
 * @param provenance how much is told of its making
 * @param sbom whether the software in it is listed
 */
public record AttestationOptions(Provenance provenance, boolean sbom) {
    /** Nothing, as with Docker's classic builder. */
    public static final AttestationOptions NONE = new AttestationOptions(Provenance.NONE, false);

    /** How much is told. */
    public enum Provenance {
        NONE,
        /** What it was made of, when, and for what. */
        MIN,
        /** Also the arguments and the Dockerfile: whoever has the image sees them. */
        MAX
    }

    public boolean isNone() {
        return provenance == Provenance.NONE && !sbom;
    }
}
