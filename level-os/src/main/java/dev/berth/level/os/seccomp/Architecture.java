package dev.berth.level.os.seccomp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A system-call interface that a filter tells apart: its names, and the numbers of its calls. */
public enum Architecture {
    AMD64("SCMP_ARCH_X86_64", "amd64", 0xC000003E),
    I386("SCMP_ARCH_X86", "x86", 0x40000003),
    ARM64("SCMP_ARCH_AARCH64", "arm64", 0xC00000B7);

    private final String oci;
    private final String docker;
    private final int audit;

    Architecture(String oci, String docker, int audit) {
        this.oci = oci;
        this.docker = docker;
        this.audit = audit;
    }

    /** The name in OCI configurations, which is libseccomp's. */
    public String oci() {
        return oci;
    }

    /** The name in the conditions of Docker's profiles. */
    public String docker() {
        return docker;
    }

    /** How the kernel names it to a filter ({@code AUDIT_ARCH_…} in {@code linux/audit.h}). */
    int audit() {
        return audit;
    }

    /** By its OCI name; empty for what this host cannot run. */
    public static Optional<Architecture> ofOci(String name) {
        for (Architecture architecture : values()) {
            if (architecture.oci.equals(name)) {
                return Optional.of(architecture);
            }
        }
        return Optional.empty();
    }

    /** The kernel's table: numbers by name, read from a resource each time. */
    Map<String, Integer> syscalls() {
        String resource = "syscalls-" + (this == I386 ? "i386" : docker);
        Map<String, Integer> numbers = new HashMap<>();
        try (InputStream in = Objects.requireNonNull(Architecture.class.getResourceAsStream(resource), resource);
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int space = line.indexOf(' ');
                numbers.put(line.substring(0, space), Integer.valueOf(line.substring(space + 1)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return numbers;
    }
}
