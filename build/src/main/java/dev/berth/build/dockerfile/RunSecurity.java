package dev.berth.build.dockerfile;

/** How far a RUN is shut in. */
public enum RunSecurity {
    SANDBOX,
    /** With all privileges; only where the build allows it. */
    INSECURE
}
