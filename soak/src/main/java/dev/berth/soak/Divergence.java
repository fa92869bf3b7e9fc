package dev.berth.soak;

/** The engine did, or said, something that it should not have. */
final class Divergence extends RuntimeException {
    private static final long serialVersionUID = 1;

    Divergence(String what) {
        super(what);
    }

    Divergence(String what, Throwable cause) {
        super(what, cause);
    }
}
