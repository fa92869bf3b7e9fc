package dev.berth.build.run;

import dev.berth.build.SshAgents;
import dev.berth.linux.file.Directory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A socket for one step, behind which an SSH agent answers: the client's own has another owner, and may be on another machine.
 * With this end all its connections.
 */
final class AgentSocket implements AutoCloseable {
    private static final String NAME = "agent";

    private final Path path;
    private final SshAgents.Agent agent;
    private final ServerSocketChannel server;
    private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();

    private AgentSocket(Path path, SshAgents.Agent agent, ServerSocketChannel server) {
        this.path = path;
        this.agent = agent;
        this.server = server;
    }

    /**
     * Listens.
     *
     * @param directory an empty one of the step's
     * @throws IOException also where the agent does not answer
     */
    static AgentSocket open(Path directory, SshAgents.Agent agent, int mode, int uid, int gid) throws IOException {
        agent.connect().close();
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try (Directory opened = Directory.open(directory)) {
            // By its descriptor: a socket's address has room for 107 bytes (unix(7)).
            server.bind(
                    UnixDomainSocketAddress.of("/proc/self/fd/" + opened.fd().number() + "/" + NAME));
            opened.changeOwner(NAME, uid, gid);
            opened.changeMode(NAME, mode);
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
        AgentSocket socket = new AgentSocket(directory.resolve(NAME), agent, server);
        Thread.ofVirtual().name("build-ssh-agent").start(socket::accept);
        return socket;
    }

    Path path() {
        return path;
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel client = server.accept();
                Thread.ofVirtual().name("build-ssh-agent").start(() -> serve(client));
            }
        } catch (IOException e) {
            // closed: the step has ended
        }
    }

    private void serve(SocketChannel client) {
        try (client;
                SshAgents.Connection connection = agent.connect()) {
            open.add(client);
            open.add(connection);
            Thread asking = Thread.ofVirtual().name("build-ssh-agent").start(() -> ask(client, connection));
            if (server.isOpen()) { // else it was closed before these were known
                copy(connection.input(), Channels.newOutputStream(client));
            }
            client.close();
            connection.close();
            asking.join();
            open.remove(client);
            open.remove(connection);
        } catch (IOException e) {
            // an end that is gone: the other one sees the connection close
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void ask(SocketChannel client, SshAgents.Connection connection) {
        try {
            copy(Channels.newInputStream(client), connection.output());
            connection.endOutput();
        } catch (IOException e) {
            // as above
        }
    }

    private static void copy(InputStream from, OutputStream to) throws IOException {
        try {
            from.transferTo(to);
        } finally {
            to.flush();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (AutoCloseable end : open) {
            try {
                end.close();
            } catch (Exception e) {
                throw new IOException("a connection to an SSH agent cannot be closed: " + e.getMessage(), e);
            }
        }
    }
}
