package dev.berth.image.registry;

import java.nio.file.Path;
import java.util.List;

/**
 * How registries are talked to.
 *
 * @param insecure hosts ({@code host}, {@code host:port} or a CIDR range) for which plain HTTP and unverified TLS are
 *     fine; loopback always is one
 * @param certificates folders with, for each registry, {@code <host:port>/*.crt} (authorities), {@code *.cert} and
 *     {@code *.key} (the client's), as Docker's {@code /etc/docker/certs.d}
 * @param parallelTransfers how many layers of one image travel at once; at least 1
 */
public record RegistryOptions(List<String> insecure, List<Path> certificates, int parallelTransfers) {
    public static final RegistryOptions DEFAULT =
            new RegistryOptions(List.of(), List.of(Path.of("/etc/berth/certs.d"), Path.of("/etc/docker/certs.d")), 3);

    public RegistryOptions {
        if (parallelTransfers < 1) {
            throw new IllegalArgumentException("at least one layer must travel at once, not " + parallelTransfers);
        }
        insecure = List.copyOf(insecure);
        certificates = List.copyOf(certificates);
    }
}
