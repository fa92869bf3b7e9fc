package dev.berth.build;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The SSH agents that whoever asks for a build lets it use, for {@code RUN --mount=type=ssh}. */
@FunctionalInterface
public interface SshAgents {
    /** No agent at all. */
    SshAgents NONE = _ -> Optional.empty();

    /**
     * The agent of that id; nothing where there is none.
     *
     * @param id {@code default}, or a name that the build's author has given it
     */
    Optional<Agent> find(String id);

    /** An agent, which a step may speak with over several connections at a time. Safe for use by many threads. */
    @FunctionalInterface
    interface Agent {
        /** Reaches it. The caller closes the connection. */
        Connection connect() throws IOException;
    }

    /** Bytes in both directions, as the agent's socket has them. Each stream is used by one thread. */
    interface Connection extends AutoCloseable {
        InputStream input() throws IOException;

        OutputStream output() throws IOException;

        /** Nothing more is sent; what the agent says can still be read. */
        void endOutput() throws IOException;

        @Override
        void close() throws IOException;
    }

    /** Agents that listen on sockets of this host, by their ids. */
    static SshAgents of(Map<String, Path> sockets) {
        return id -> Optional.ofNullable(sockets.get(id)).map(path -> () -> connect(path));
    }

    private static Connection connect(Path path) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw new IOException("no SSH agent answers at " + path + ": " + e.getMessage(), e);
        }
        return new Connection() {
            @Override
            public InputStream input() {
                return Channels.newInputStream(channel);
            }

            @Override
            public OutputStream output() {
                return Channels.newOutputStream(channel);
            }

            @Override
            public void endOutput() throws IOException {
                channel.shutdownOutput();
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }
}
