package dev.berth.cli.http;

import dev.berth.cli.endpoint.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;

/** A socket as it is, of Unix or TCP. */
final class ChannelLink implements Connection.Link {
    private final SocketChannel channel;

    private ChannelLink(SocketChannel channel) {
        this.channel = channel;
    }

    static ChannelLink open(Endpoint endpoint) throws IOException {
        if (endpoint.isUnix()) {
            return connect(
                    SocketChannel.open(StandardProtocolFamily.UNIX), UnixDomainSocketAddress.of(endpoint.path()));
        }
        return connect(SocketChannel.open(), new InetSocketAddress(endpoint.name(), endpoint.port()));
    }

    private static ChannelLink connect(SocketChannel channel, SocketAddress address) throws IOException {
        try {
            channel.connect(address);
            return new ChannelLink(channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        } catch (UnresolvedAddressException e) {
            channel.close();
            throw new IOException("no such host: " + address, e);
        }
    }

    /** What the channel's own stream would do under a lock that reading and writing share. */
    @Override
    public InputStream input() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return channel.read(ByteBuffer.wrap(bytes, offset, length));
            }
        };
    }

    @Override
    public OutputStream output() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            }
        };
    }

    @Override
    public void endOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
