package dev.berth.engine.log;

import dev.berth.engine.log.RemoteDriver.Wire;
import dev.berth.image.registry.Certificates;
import dev.berth.linux.Errno;
import dev.berth.linux.LinuxException;
import dev.berth.linux.socket.UnixDatagram;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** The ways to a log's server. */
final class Wires {
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(10);
    private static final Duration ROOM_PAUSE = Duration.ofMillis(5);

    private Wires() {}

    static Wire unixDatagram(Path path) throws IOException {
        try {
            return new Local(UnixDatagram.connect(path.toString()));
        } catch (LinuxException e) {
            throw new IOException("dial unixgram " + path + ": connect: " + Errno.explain(e.errno()), e);
        }
    }

    static Wire unixStream(Path path) throws IOException {
        SocketChannel channel = SocketChannel.open(java.net.StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(path));
            return new Connected(channel);
        } catch (IOException e) {
            channel.close();
            throw new IOException("dial unix " + path + ": connect: " + reason(e), e);
        }
    }

    static Wire tcp(String host, int port) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.socket().connect(resolve(host, port), (int) CONNECT_PATIENCE.toMillis());
            return new Connected(channel);
        } catch (IOException e) {
            channel.close();
            throw new IOException("dial tcp " + host + ":" + port + ": connect: " + reason(e), e);
        }
    }

    /** As tcp, with TLS upon it; the server has to be who it is called. */
    static Wire tls(String host, int port, SyslogOptions.TlsFiles files) throws IOException {
        SSLContext context = Certificates.client(files.authorities(), files.own(), files.anyone());
        Socket socket = new Socket(Proxy.NO_PROXY);
        try {
            socket.connect(resolve(host, port), (int) CONNECT_PATIENCE.toMillis());
            SSLSocket secure = (SSLSocket) context.getSocketFactory().createSocket(socket, host, port, true);
            if (!files.anyone()) {
                SSLParameters parameters = secure.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                secure.setSSLParameters(parameters);
            }
            secure.setSoTimeout((int) CONNECT_PATIENCE.toMillis());
            secure.startHandshake();
            return new Secure(secure);
        } catch (IOException e) {
            socket.close();
            throw new IOException("dial tcp+tls " + host + ":" + port + ": " + reason(e), e);
        }
    }

    static Wire udp(String host, int port) throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        try {
            channel.connect(resolve(host, port));
            return new Datagrams(channel);
        } catch (IOException e) {
            channel.close();
            throw new IOException("dial udp " + host + ":" + port + ": " + reason(e), e);
        }
    }

    /** As Go says it: {@code connection refused}. */
    private static String reason(IOException e) {
        return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    }

    private static InetSocketAddress resolve(String host, int port) throws UnknownHostException {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new UnknownHostException("no such host");
        }
        return address;
    }

    private record Connected(SocketChannel channel) implements Wire {
        @Override
        public void send(ByteBuffer message) throws IOException {
            while (message.hasRemaining()) {
                channel.write(message);
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private record Secure(SSLSocket socket) implements Wire {
        @Override
        public void send(ByteBuffer message) throws IOException {
            byte[] bytes = new byte[message.remaining()];
            message.get(bytes);
            socket.getOutputStream().write(bytes);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private record Datagrams(DatagramChannel channel) implements Wire {
        @Override
        public void send(ByteBuffer message) throws IOException {
            channel.write(message);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private record Local(UnixDatagram socket) implements Wire {
        @Override
        public void send(ByteBuffer message) throws IOException {
            byte[] bytes = new byte[message.remaining()];
            message.get(bytes);
            try {
                while (!socket.send(bytes)) {
                    Thread.sleep(ROOM_PAUSE); // the receiver is slow; a call that waits would hold a whole thread
                }
            } catch (LinuxException e) {
                throw new IOException(e.getMessage(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while " + socket + " took nothing", e);
            }
        }

        @Override
        public void close() {
            socket.close();
        }
    }
}
