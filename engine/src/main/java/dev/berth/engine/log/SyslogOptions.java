package dev.berth.engine.log;

import dev.berth.image.registry.Certificates;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A syslog server and how it is spoken to.
 *
 * @param facility its number (RFC 5424, section 6.2.1)
 */
record SyslogOptions(Address address, int facility, Format format) {
    static final Set<String> NAMES = Set.of(
            "syslog-address",
            "syslog-facility",
            "syslog-format",
            "syslog-tls-ca-cert",
            "syslog-tls-cert",
            "syslog-tls-key",
            "syslog-tls-skip-verify");

    private static final int DEFAULT_PORT = 514;
    private static final int DAEMON = 3;
    private static final List<String> FACILITIES = List.of(
            "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp");
    private static final int LOCAL_0 = 16;
    private static final int FACILITY_MAX = 23;

    /** Where it listens. */
    sealed interface Address {
        /** On one of the sockets that a host's server usually has. */
        record Host() implements Address {}

        record UnixDatagram(Path path) implements Address {}

        record UnixStream(Path path) implements Address {}

        record Udp(String host, int port) implements Address {}

        record Tcp(String host, int port) implements Address {}

        record Tls(String host, int port, TlsFiles files) implements Address {}
    }

    /**
     * Who is trusted, and who this side is, in files of PEM.
     *
     * @param authorities besides those that Java trusts
     * @param anyone whether the server may be whoever it is
     */
    record TlsFiles(Optional<Path> authorities, Optional<Certificates.Own> own, boolean anyone) {}

    /** How a message is written. */
    enum Format {
        /** As the C library does on the host: RFC 3164 without the host's name. */
        UNIX,
        RFC3164,
        RFC5424,
        RFC5424MICRO
    }

    /** @throws IllegalArgumentException in Docker's words */
    static SyslogOptions of(Map<String, String> options) {
        return new SyslogOptions(
                address(options.getOrDefault("syslog-address", ""), options),
                facility(options.getOrDefault("syslog-facility", "")),
                switch (options.getOrDefault("syslog-format", "")) {
                    case "" -> Format.UNIX;
                    case "rfc3164" -> Format.RFC3164;
                    case "rfc5424" -> Format.RFC5424;
                    case "rfc5424micro" -> Format.RFC5424MICRO;
                    default -> throw new IllegalArgumentException("Invalid syslog format");
                });
    }

    private static Address address(String text, Map<String, String> options) {
        if (!text.startsWith("tcp+tls:")) {
            for (String name : new TreeSet<>(options.keySet())) {
                if (name.startsWith("syslog-tls-")) {
                    throw new IllegalArgumentException(name + " is for a syslog-address of tcp+tls:// alone");
                }
            }
        }
        if (text.isEmpty()) {
            return new Address.Host();
        }
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("parse \"" + text + "\": " + e.getReason(), e);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme();
        return switch (scheme) {
            case "unix" -> new Address.UnixStream(socket(uri));
            case "unixgram" -> new Address.UnixDatagram(socket(uri));
            case "udp" -> new Address.Udp(host(uri), port(uri));
            case "tcp" -> new Address.Tcp(host(uri), port(uri));
            case "tcp+tls" -> new Address.Tls(host(uri), port(uri), tlsFiles(options));
            default ->
                throw new IllegalArgumentException("syslog-address should be in form proto://address, got " + text);
        };
    }

    /** As Docker does, {@code syslog-tls-skip-verify} counts whatever its value is. */
    private static TlsFiles tlsFiles(Map<String, String> options) {
        Optional<Path> authorities = file(options, "syslog-tls-ca-cert");
        Optional<Path> certificate = file(options, "syslog-tls-cert");
        Optional<Path> key = file(options, "syslog-tls-key");
        if (certificate.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException("syslog-tls-cert and syslog-tls-key belong together");
        }
        return new TlsFiles(
                authorities,
                certificate.flatMap(file -> key.map(its -> new Certificates.Own(file, its))),
                options.containsKey("syslog-tls-skip-verify"));
    }

    private static Optional<Path> file(Map<String, String> options, String name) {
        return Optional.ofNullable(options.get(name))
                .filter(text -> !text.isEmpty())
                .map(Path::of);
    }

    /** @throws IllegalArgumentException where a socket or a file of this host is meant that is not there */
    void requireThere() {
        switch (address) {
            case Address.UnixDatagram(Path path) -> requireThere(path);
            case Address.UnixStream(Path path) -> requireThere(path);
            case Address.Host host -> {}
            case Address.Udp udp -> {}
            case Address.Tcp tcp -> {}
            case Address.Tls tls -> {
                tls.files().authorities().ifPresent(SyslogOptions::requireThere);
                tls.files().own().ifPresent(own -> {
                    requireThere(own.certificate());
                    requireThere(own.key());
                });
            }
        }
    }

    private static void requireThere(Path path) {
        if (!Files.exists(path)) {
            throw new IllegalArgumentException("stat " + path + ": no such file or directory");
        }
    }

    private static Path socket(URI uri) {
        return Path.of(uri.getPath() == null ? "" : uri.getPath());
    }

    private static String host(URI uri) {
        if (uri.getHost() == null) {
            throw new IllegalArgumentException("address " + uri + ": it names no host");
        }
        String host = uri.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static int port(URI uri) {
        return uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
    }

    private static int facility(String text) {
        if (text.isEmpty()) {
            return DAEMON;
        }
        int named = FACILITIES.indexOf(text);
        if (named >= 0) {
            return named;
        }
        if (text.matches("local[0-7]")) {
            return LOCAL_0 + text.charAt(text.length() - 1) - '0';
        }
        if (text.matches("\\d{1,2}") && Integer.parseInt(text) <= FACILITY_MAX) {
            return Integer.parseInt(text);
        }
        throw new IllegalArgumentException("invalid syslog facility");
    }
}
