package dev.berth.engine.log;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A syslog server and how it is spoken to.
 *
 * @param facility its number (RFC 5424, section 6.2.1)
 */
record SyslogOptions(Address address, int facility, Format format) {
    static final Set<String> NAMES = Set.of("syslog-address", "syslog-facility", "syslog-format");

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
    }

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
                address(options.getOrDefault("syslog-address", "")),
                facility(options.getOrDefault("syslog-facility", "")),
                switch (options.getOrDefault("syslog-format", "")) {
                    case "" -> Format.UNIX;
                    case "rfc3164" -> Format.RFC3164;
                    case "rfc5424" -> Format.RFC5424;
                    case "rfc5424micro" -> Format.RFC5424MICRO;
                    default -> throw new IllegalArgumentException("Invalid syslog format");
                });
    }

    private static Address address(String text) {
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
            case "tcp+tls" ->
                throw new IllegalArgumentException(
                        "syslog-address " + text + " is not supported: use tcp, udp, unix or unixgram");
            default ->
                throw new IllegalArgumentException("syslog-address should be in form proto://address, got " + text);
        };
    }

    /** @throws IllegalArgumentException where a socket of this host is meant that is not there */
    void requireThere() {
        switch (address) {
            case Address.UnixDatagram(Path path) -> requireThere(path);
            case Address.UnixStream(Path path) -> requireThere(path);
            case Address.Host host -> {}
            case Address.Udp udp -> {}
            case Address.Tcp tcp -> {}
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
