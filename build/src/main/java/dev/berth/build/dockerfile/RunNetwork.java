package dev.berth.build.dockerfile;

/** The network of a RUN. */
public enum RunNetwork {
    /** That of the build. */
    DEFAULT,
    NONE,
    HOST
}
