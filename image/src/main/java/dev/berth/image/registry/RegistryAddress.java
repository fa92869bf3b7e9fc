package dev.berth.image.registry;

import dev.berth.image.oci.ImageException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a registry is.
 *
 * @param domain as references begin with it
 * @param host and port, that are connected to; Docker Hub's is another than its domain
 * @param trust what is asked of the connection
 */
record RegistryAddress(String domain, String host, Trust trust) {
    static final String DOCKER_HUB_HOST = "registry-1.docker.io";

    enum Trust {
        /** HTTPS with a valid certificate. */
        VERIFIED,
        /** HTTPS with any certificate, or else plain HTTP. */
        INSECURE,
        /** As insecure; being this host, plain HTTP is the custom and tried first. Not if it has authorities of its own. */
        LOOPBACK,
        /** Plain HTTP, because its address says so. */
        PLAIN
    }

    /** Where an image of the domain may be read: the mirrors first, the registry itself last. */
    static List<RegistryAddress> forReading(String domain, RegistryOptions options) throws ImageException {
        List<RegistryAddress> addresses = new ArrayList<>();
        if (domain.equals(Reference.DOCKER_HUB)) {
            for (URI mirror : options.mirrors()) {
                addresses.add(ofMirror(mirror, options));
            }
        }
        addresses.add(of(domain, options));
        return addresses;
    }

    private static RegistryAddress ofMirror(URI mirror, RegistryOptions options) throws ImageException {
        String host = mirror.getRawAuthority();
        if ("http".equals(mirror.getScheme())) {
            return new RegistryAddress(host, host, Trust.PLAIN);
        }
        Trust trust = trust(host, options);
        return new RegistryAddress(host, host, trust == Trust.LOOPBACK ? Trust.INSECURE : trust);
    }

    static RegistryAddress of(String domain, RegistryOptions options) throws ImageException {
        if (domain.equals(Reference.DOCKER_HUB)) {
            return new RegistryAddress(domain, DOCKER_HUB_HOST, Trust.VERIFIED);
        }
        return new RegistryAddress(domain, domain, trust(domain, options));
    }

    /** The address of a path below the registry. */
    URI uri(String scheme, String path) {
        return URI.create(scheme + "://" + host + path);
    }

    private static Trust trust(String domain, RegistryOptions options) throws ImageException {
        String name = hostName(domain);
        boolean loopback = name.equals("localhost")
                || literal(name).filter(InetAddress::isLoopbackAddress).isPresent();
        if (loopback) {
            return Certificates.hasAuthorities(domain, options) ? Trust.VERIFIED : Trust.LOOPBACK;
        }
        for (String insecure : options.insecure()) {
            if (insecure.equals(domain) || insecure.equals(name) || inRange(name, insecure)) {
                return Trust.INSECURE;
            }
        }
        return Trust.VERIFIED;
    }

    static String hostName(String domain) {
        int colon = domain.lastIndexOf(':');
        String name = colon > domain.lastIndexOf(']') ? domain.substring(0, colon) : domain;
        return name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
    }

    /** The address that a name is, without asking anybody. */
    static Optional<InetAddress> literal(String name) {
        try {
            return Optional.of(InetAddress.ofLiteral(name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static boolean inRange(String name, String range) throws ImageException {
        int slash = range.indexOf('/');
        if (slash < 0) {
            return false;
        }
        Optional<InetAddress> network = literal(range.substring(0, slash));
        int bits;
        try {
            bits = Integer.parseInt(range.substring(slash + 1));
        } catch (NumberFormatException e) {
            bits = -1;
        }
        if (network.isEmpty() || bits < 0 || bits > 8 * network.get().getAddress().length) {
            throw new ImageException(
                    ImageException.Kind.BAD_REQUEST,
                    "insecure registries: \"" + range + "\" is not a range of addresses such as 10.0.0.0/8");
        }
        byte[] prefix = network.get().getAddress();
        for (InetAddress address : addresses(name)) {
            if (samePrefix(address.getAddress(), prefix, bits)) {
                return true;
            }
        }
        return false;
    }

    /** Whether an address is in a range such as {@code 10.0.0.0/8}; what is no range has none in it. */
    static boolean isWithin(InetAddress address, String range) {
        int slash = range.indexOf('/');
        String bits = range.substring(slash + 1);
        return literal(range.substring(0, slash))
                .filter(network -> bits.matches("\\d{1,3}")
                        && Integer.parseInt(bits) <= 8 * network.getAddress().length
                        && samePrefix(address.getAddress(), network.getAddress(), Integer.parseInt(bits)))
                .isPresent();
    }

    private static InetAddress[] addresses(String name) {
        try {
            return InetAddress.getAllByName(name);
        } catch (UnknownHostException e) {
            return new InetAddress[0]; // connecting will tell
        }
    }

    private static boolean samePrefix(byte[] address, byte[] prefix, int bits) {
        if (address.length != prefix.length) {
            return false;
        }
        for (int i = 0; i < bits; i++) {
            int mask = 0x80 >> (i % 8);
            if ((address[i / 8] & mask) != (prefix[i / 8] & mask)) {
                return false;
            }
        }
        return true;
    }
}
