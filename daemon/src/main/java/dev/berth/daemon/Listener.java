package dev.berth.daemon;

import dev.berth.api.http.HttpServer;
import dev.berth.linux.namespace.UserNamespace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** The sockets that a server listens on. Closing it removes those that are files; the server is its owner's to close. */
final class Listener implements AutoCloseable {
    private static final String UNIX = "unix://";
    private static final String TCP = "tcp://";
    private static final String PING = "HEAD /_ping HTTP/1.1\r\nHost: berth\r\nConnection: close\r\n\r\n";
    private static final int PATIENCE_MILLIS = 5_000;
    private static final List<String> GROUPS = List.of("berth", "docker");

    private final HttpServer server;
    private final System.Logger log;
    private final List<Path> files = new ArrayList<>();

    Listener(HttpServer server, System.Logger log) {
        this.server = server;
        this.log = log;
    }

    /**
     * Listens.
     *
     * @throws DaemonException when it can't, or another daemon does
     */
    void listen(String host) {
        try {
            if (host.startsWith(UNIX)) {
                listen(Path.of(host.substring(UNIX.length())).toAbsolutePath());
            } else if (host.startsWith(TCP)) {
                listenTcp(host);
            } else {
                throw new DaemonException(
                        "cannot listen on " + host + ": unix:///path or tcp://address:port is expected");
            }
        } catch (IOException e) {
            throw new DaemonException("cannot listen on " + host + ": " + e.getMessage(), e);
        }
    }

    private void listen(Path socket) throws IOException {
        Path parent = socket.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        if (Files.exists(socket)) {
            if (answers(socket)) {
                throw new DaemonException("another daemon listens on " + socket + ": end it, or choose another --host");
            }
            Files.delete(socket);
        }
        server.listen(socket);
        files.add(socket);
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw----"));
        giveToGroup(socket);
        log.log(System.Logger.Level.INFO, "API listen on " + socket);
    }

    /**
     * Whether somebody listens and does not just hold the socket open: a container that a daemon was making when it was
     * killed has all its descriptors for a moment. Then the connection ends as that moment does.
     */
    private static boolean answers(Path socket) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                Selector selector = Selector.open()) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.configureBlocking(false);
            channel.write(ByteBuffer.wrap(PING.getBytes(StandardCharsets.US_ASCII)));
            channel.register(selector, SelectionKey.OP_READ);
            boolean silent = selector.select(PATIENCE_MILLIS) == 0;
            return silent || channel.read(ByteBuffer.allocate(1)) > 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** To a group whose members may use the engine, where there is one. */
    private static void giveToGroup(Path socket) throws IOException {
        if (!UserNamespace.own().initial()) {
            return; // the user's own, who has no other groups there
        }
        List<String> lines = Files.readAllLines(Path.of("/etc/group"));
        for (String group : GROUPS) {
            if (lines.stream().anyMatch(line -> line.startsWith(group + ":"))) {
                var view = Files.getFileAttributeView(socket, PosixFileAttributeView.class);
                view.setGroup(
                        socket.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group));
                return;
            }
        }
    }

    private void listenTcp(String host) throws IOException {
        int colon = host.lastIndexOf(':');
        try {
            String address = host.substring(TCP.length(), colon);
            int port = Integer.parseInt(host.substring(colon + 1));
            InetSocketAddress bound = server.listen(new InetSocketAddress(address, port));
            log.log(
                    System.Logger.Level.WARNING,
                    "API listen on " + bound
                            + " without encryption or authentication: whoever reaches it is root here");
        } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
            throw new DaemonException("cannot listen on " + host + ": tcp://address:port is expected", e);
        }
    }

    @Override
    public void close() {
        for (Path file : files) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                log.log(System.Logger.Level.WARNING, "cannot remove " + file, e);
            }
        }
    }
}
