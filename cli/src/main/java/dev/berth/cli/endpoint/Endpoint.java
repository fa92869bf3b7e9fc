package dev.berth.cli.endpoint;

import dev.berth.cli.CliException;
import dev.berth.linux.namespace.Rootless;
import dev.berth.linux.namespace.UserFolders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a daemon listens.
 *
 * @param host {@code unix:///path} or {@code tcp://name:port}
 * @param tls how the connection is secured; empty for not at all
 */
public record Endpoint(String host, Optional<Tls> tls) {
    private static final String ROOTS_HOST = "unix:///run/berth.sock";

    private static final String UNIX = "unix://";
    private static final String TCP = "tcp://";
    private static final int PLAIN_PORT = 2375;
    private static final int TLS_PORT = 2376;
    private static final int MOST_PORT = 0xffff;

    /** Where the daemon listens that is started where nobody says another: root's, or this user's own where there is no root's. */
    public static String usualHost() {
        boolean roots = Rootless.user() == 0 || Files.isWritable(Path.of(ROOTS_HOST.substring(UNIX.length())));
        return roots ? ROOTS_HOST : UNIX + UserFolders.own().socket();
    }

    /**
     * Files in PEM form; those that are absent are not used.
     *
     * @param authority the only one whose certificates are good; empty for those that the JDK knows
     * @param verify whether the daemon has to be who it says
     */
    public record Tls(Optional<Path> authority, Optional<Path> certificate, Optional<Path> key, boolean verify) {}

    /**
     * An address as users write it, with what they leave out.
     *
     * @throws CliException for what cannot be one
     */
    public static Endpoint of(String host, Optional<Tls> tls) {
        String bare = host.strip();
        if (bare.startsWith("ssh://") || bare.startsWith("npipe://") || bare.startsWith("fd://")) {
            throw new CliException("unable to connect to " + bare + ": only unix:///path and tcp://host:port are spoken"
                    + (bare.startsWith("ssh:")
                            ? "; forward the socket with \"ssh -L /tmp/berth.sock:/run/berth.sock\""
                            : ""));
        }
        if (bare.startsWith(UNIX)) {
            return new Endpoint(bare.equals(UNIX) ? usualHost() : bare, tls);
        }
        String address = bare.startsWith(TCP) ? bare.substring(TCP.length()) : bare;
        if (address.contains("://")) {
            throw invalid(host);
        }
        return new Endpoint(TCP + withPort(address, tls.isPresent() ? TLS_PORT : PLAIN_PORT), tls);
    }

    private static String withPort(String address, int usual) {
        String path = address.indexOf('/') < 0 ? address : address.substring(0, address.indexOf('/'));
        int colon = path.endsWith("]") ? -1 : path.lastIndexOf(':');
        String name = colon < 0 ? path : path.substring(0, colon);
        String port = colon < 0 ? "" : path.substring(colon + 1);
        if (!port.isEmpty() && (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > MOST_PORT)) {
            throw invalid(address);
        }
        return (name.isEmpty() ? "localhost" : name) + ":" + (port.isEmpty() ? Integer.toString(usual) : port);
    }

    private static CliException invalid(String host) {
        return new CliException("invalid bind address (" + host + "): unix:///path or tcp://host:port is expected");
    }

    public boolean isUnix() {
        return host.startsWith(UNIX);
    }

    /** Of a Unix socket. */
    public Path path() {
        return Path.of(host.substring(UNIX.length()));
    }

    /** Of a TCP address; without the brackets of IPv6. */
    public String name() {
        String name = host.substring(TCP.length(), host.lastIndexOf(':'));
        return name.startsWith("[") ? name.substring(1, name.length() - 1) : name;
    }

    /** Of a TCP address. */
    public int port() {
        return Integer.parseInt(host.substring(host.lastIndexOf(':') + 1));
    }
}
