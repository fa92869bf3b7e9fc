package dev.berth.image.registry;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * How registries are talked to.
 *
 * @param insecure hosts ({@code host}, {@code host:port} or a CIDR range) for which plain HTTP and unverified TLS are
 *     fine; loopback always is one
 * @param certificates folders with, for each registry, {@code <host:port>/*.crt} (authorities), {@code *.cert} and
 *     {@code *.key} (the client's), as Docker's {@code /etc/docker/certs.d}
 * @param mirrors of Docker Hub, asked before it in this order, as nobody in particular; see {@link #mirror}
 * @param parallelDownloads how many layers come at once, of all pulls together; at least 1
 * @param parallelUploads how many layers go at once, of all pushes together; at least 1
 * @param downloadAttempts how often a request is sent before it is given up, and how often a download that breaks off
 *     is taken up without getting any further; at least 1
 * @param proxies on the way to them, for {@code info}: what is fetched over HTTP asks the JVM's
 *     {@link java.net.ProxySelector}, which whoever owns the JVM sets
 */
public record RegistryOptions(
        List<String> insecure,
        List<Path> certificates,
        List<URI> mirrors,
        int parallelDownloads,
        int parallelUploads,
        int downloadAttempts,
        Proxies proxies) {
    public static final RegistryOptions DEFAULT = new RegistryOptions(
            List.of(),
            List.of(Path.of("/etc/berth/certs.d"), Path.of("/etc/docker/certs.d")),
            List.of(),
            3,
            5,
            5,
            Proxies.NONE);

    public RegistryOptions {
        if (parallelDownloads < 1 || parallelUploads < 1) {
            throw new IllegalArgumentException("at least one layer must travel at once");
        }
        if (downloadAttempts < 1) {
            throw new IllegalArgumentException("at least one attempt must be made");
        }
        insecure = List.copyOf(insecure);
        certificates = List.copyOf(certificates);
        mirrors = List.copyOf(mirrors);
    }

    /** These options with other insecure registries. */
    public RegistryOptions withInsecure(List<String> other) {
        return new RegistryOptions(
                other, certificates, mirrors, parallelDownloads, parallelUploads, downloadAttempts, proxies);
    }

    /** These options with other folders of certificates. */
    public RegistryOptions withCertificates(List<Path> other) {
        return new RegistryOptions(
                insecure, other, mirrors, parallelDownloads, parallelUploads, downloadAttempts, proxies);
    }

    /** These options with other mirrors. */
    public RegistryOptions withMirrors(List<URI> other) {
        return new RegistryOptions(
                insecure, certificates, other, parallelDownloads, parallelUploads, downloadAttempts, proxies);
    }

    /** These options with other bounds on transfers. */
    public RegistryOptions withTransfers(int downloads, int uploads, int attempts) {
        return new RegistryOptions(insecure, certificates, mirrors, downloads, uploads, attempts, proxies);
    }

    /** These options with other proxies. */
    public RegistryOptions withProxies(Proxies other) {
        return new RegistryOptions(
                insecure, certificates, mirrors, parallelDownloads, parallelUploads, downloadAttempts, other);
    }

    /**
     * Reads a mirror's address.
     *
     * @throws IllegalArgumentException in Docker's words, if it is not {@code http://host[:port]} or with
     *     {@code https}
     */
    public static URI mirror(String text) {
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("invalid mirror: \"" + text + "\" is not a valid URI", e);
        }
        if (!"http".equals(uri.getScheme()) && !"https".equals(uri.getScheme())) {
            throw new IllegalArgumentException(
                    "invalid mirror: unsupported scheme \"" + uri.getScheme() + "\" in \"" + text + "\"");
        }
        boolean bare = uri.getRawPath() == null
                || uri.getRawPath().isEmpty()
                || uri.getRawPath().equals("/");
        if (uri.getHost() == null || !bare || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "invalid mirror: path, query, or fragment at end of the URI \"" + text + "\"");
        }
        if (uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException("invalid mirror: username/password not allowed in URI");
        }
        return uri;
    }
}
