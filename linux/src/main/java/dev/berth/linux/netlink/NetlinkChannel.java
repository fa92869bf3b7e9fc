package dev.berth.linux.netlink;

import dev.berth.linux.Errno;
import dev.berth.linux.Fd;
import dev.berth.linux.Kernel;
import dev.berth.linux.LinuxException;
import dev.berth.linux.asm.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.List;

/** The socket under a conversation: datagrams to the kernel and from it, and from nobody else. */
final class NetlinkChannel implements AutoCloseable {
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_CLOEXEC = 02000000;
    /** {@code struct sockaddr_nl}. */
    private static final int ADDRESS_BYTES = 12;

    private static final int PORT_AT = 4;

    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVTIMEO = 20;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUF = 8;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_ADD_MEMBERSHIP = 1;
    private static final int NETLINK_CAP_ACK = 10;
    private static final int NETLINK_EXT_ACK = 11;
    private static final int NETLINK_GET_STRICT_CHK = 12;

    private static final int MSG_TRUNC = 0x20;
    private static final int MSG_DONTWAIT = 0x40;
    /** The kernel puts no more than 32 KiB into one answer of a dump. */
    private static final int RECEIVE_BYTES = 64 << 10;

    private static final long ANSWER_SECONDS_MAX = 10;
    /** What the kernel's bookkeeping adds to a message in a socket's buffer, with room to spare. */
    private static final int BUFFER_OVERHEAD_BYTES = 64 << 10;

    private final Kernel kernel = Kernel.running();
    private final Fd fd;

    private NetlinkChannel(NetlinkProtocol protocol) {
        fd = new Fd((int) kernel.call(
                SystemCall.SOCKET, "open a netlink socket", AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol.number()));
    }

    /** One for requests: a receive waits for the answer, but not forever. */
    static NetlinkChannel open(NetlinkProtocol protocol) {
        NetlinkChannel channel = new NetlinkChannel(protocol);
        try {
            channel.connect();
            channel.option(SOL_NETLINK, NETLINK_EXT_ACK, 1);
            channel.option(SOL_NETLINK, NETLINK_CAP_ACK, 1);
            channel.option(SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
            channel.option(SOL_SOCKET, SO_RCVTIMEO, ANSWER_SECONDS_MAX, 0);
            return channel;
        } catch (RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** One that is told what a group is told. */
    static NetlinkChannel listen(NetlinkProtocol protocol, int group, int bufferBytes) {
        NetlinkChannel channel = new NetlinkChannel(protocol);
        try {
            channel.connect();
            channel.buffer(SO_RCVBUFFORCE, SO_RCVBUF, bufferBytes);
            channel.option(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group);
            return channel;
        } catch (RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Connected to the kernel, the socket takes messages from nobody else. */
    private void connect() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(ADDRESS_BYTES, Integer.BYTES);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_NETLINK);
            kernel.call(SystemCall.CONNECT, "open a netlink socket", fd.number(), address.address(), ADDRESS_BYTES);
        }
    }

    /** As large as asked; for who is root of a user namespace alone, as large as the host lets everybody have it. */
    private void buffer(int forced, int limited, int size) {
        try {
            option(SOL_SOCKET, forced, size);
        } catch (LinuxException e) {
            if (!e.is(Errno.EPERM)) {
                throw e;
            }
            option(SOL_SOCKET, limited, size);
        }
    }

    private void option(int level, int option, int value) {
        try (Arena arena = Arena.ofConfined()) {
            option(level, option, arena.allocateFrom(ValueLayout.JAVA_INT, value));
        }
    }

    private void option(int level, int option, long... value) {
        try (Arena arena = Arena.ofConfined()) {
            option(level, option, arena.allocateFrom(ValueLayout.JAVA_LONG, value));
        }
    }

    private void option(int level, int option, MemorySegment value) {
        kernel.call(
                SystemCall.SETSOCKOPT,
                "set up a netlink socket",
                fd.number(),
                level,
                option,
                value.address(),
                value.byteSize());
    }

    int port() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(ADDRESS_BYTES, Integer.BYTES);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, ADDRESS_BYTES);
            kernel.call(
                    SystemCall.GETSOCKNAME,
                    "ask for a netlink socket's address",
                    fd.number(),
                    address.address(),
                    length.address());
            return address.get(ValueLayout.JAVA_INT, PORT_AT);
        }
    }

    /** Sends messages as one datagram, which the kernel has dealt with when this returns. */
    void send(byte[] bytes, String doing) {
        if (bytes.length > BUFFER_OVERHEAD_BYTES) {
            buffer(SO_SNDBUFFORCE, SO_SNDBUF, bytes.length + BUFFER_OVERHEAD_BYTES);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(bytes.length, Long.BYTES);
            MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
            kernel.call(SystemCall.SENDTO, doing, fd.number(), memory.address(), bytes.length, 0);
        }
    }

    /**
     * Waits for the messages of one datagram.
     *
     * @throws LinuxException with ENOBUFS where some were lost, ETIMEDOUT where none come
     */
    List<Message> receive(String doing) {
        try {
            return receive(doing, 0);
        } catch (LinuxException e) {
            if (e.is(Errno.EAGAIN)) {
                throw new LinuxException(
                        SystemCall.RECVFROM, Errno.ETIMEDOUT.number(), doing, "the kernel does not answer");
            }
            throw e;
        }
    }

    /** As {@link #receive(String)}, but fails with EAGAIN where there are none now. */
    List<Message> receiveNow(String doing) {
        return receive(doing, MSG_DONTWAIT);
    }

    private List<Message> receive(String doing, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(RECEIVE_BYTES, Long.BYTES);
            long length = kernel.call(
                    SystemCall.RECVFROM, doing, fd.number(), buffer.address(), RECEIVE_BYTES, MSG_TRUNC | flags);
            if (length > RECEIVE_BYTES) {
                throw new LinuxException(
                        SystemCall.RECVFROM, Errno.EMSGSIZE.number(), doing, "the answer has " + length + " bytes");
            }
            return Message.parse(ByteBuffer.wrap(buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE)));
        }
    }

    Fd fd() {
        return fd;
    }

    @Override
    public void close() {
        fd.close();
    }
}
