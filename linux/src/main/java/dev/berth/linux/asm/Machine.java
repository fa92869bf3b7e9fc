package dev.berth.linux.asm;

import java.util.Optional;

/** A processor architecture that code can be made for. */
public enum Machine {
    /** {@code amd64} in the words of OCI. */
    X86_64,
    /** {@code arm64} in the words of OCI. */
    AARCH64;

    /** This JVM's own, empty where Berth has no code for it. */
    public static Optional<Machine> host() {
        return switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> Optional.of(X86_64);
            case "aarch64" -> Optional.of(AARCH64);
            default -> Optional.empty();
        };
    }

    /** An empty program for this machine. */
    public Assembler assembler() {
        return switch (this) {
            case X86_64 -> new X86_64Assembler();
            case AARCH64 -> new Aarch64Assembler();
        };
    }
}
