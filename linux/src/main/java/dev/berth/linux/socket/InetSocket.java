package dev.berth.linux.socket;

import dev.berth.linux.Errno;
import dev.berth.linux.Fd;
import dev.berth.linux.Kernel;
import dev.berth.linux.LinuxException;
import dev.berth.linux.asm.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * A socket of the internet protocols whose calls never wait (ip(7), ipv6(7)). Java's own take IPv4 as well where they are
 * bound to an IPv6 address, do not tell which address a datagram was sent to, and know no SCTP. It stays in the network
 * namespace in which it was opened.
 */
public final class InetSocket implements AutoCloseable {
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 02000000;
    private static final int SOCK_NONBLOCK = 04000;
    private static final int IPPROTO_IP = 0;
    private static final int IPPROTO_TCP = 6;
    private static final int IPPROTO_UDP = 17;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPPROTO_SCTP = 132;
    private static final int SOL_SOCKET = 1;
    private static final int SO_REUSEADDR = 2;
    private static final int SO_ERROR = 4;
    private static final int TCP_NODELAY = 1;
    private static final int IP_PKTINFO = 8;
    private static final int IPV6_V6ONLY = 26;
    private static final int IPV6_RECVPKTINFO = 49;
    private static final int SHUT_WR = 1;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    /** The kernel takes no more than its {@code somaxconn}. */
    private static final int BACKLOG = 4096;

    private static final int SOCKADDR_IN6_BYTES = 28;
    private static final int SOCKADDR_IN_BYTES = 16;
    private static final int PORT_AT = 2;
    private static final int IPV4_AT = 4;
    private static final int IPV6_AT = 8;
    private static final ValueLayout.OfShort NETWORK_SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final Fd fd;

    private InetSocket(Fd fd) {
        this.fd = fd;
    }

    /** What is carried. */
    public enum Kind {
        TCP(SOCK_STREAM, IPPROTO_TCP),
        UDP(SOCK_DGRAM, IPPROTO_UDP),
        SCTP(SOCK_STREAM, IPPROTO_SCTP);

        private final int type;
        private final int protocol;

        Kind(int type, int protocol) {
            this.type = type;
            this.protocol = protocol;
        }
    }

    /**
     * Opens one that has this address and port, and listens where connections are made. IPv6 is IPv6 alone. What comes as
     * datagrams is told with the address that it was sent to ({@link DatagramBuffer}).
     *
     * @throws LinuxException EADDRINUSE where somebody else has it
     */
    public static InetSocket bind(Kind kind, InetSocketAddress address) {
        String doing = "bind " + address.getAddress().getHostAddress() + " port " + address.getPort();
        InetSocket socket = open(kind, address);
        try {
            boolean ipv6 = address.getAddress() instanceof Inet6Address;
            if (ipv6) {
                socket.set(IPPROTO_IPV6, IPV6_V6ONLY);
            }
            if (kind == Kind.UDP) {
                socket.set(ipv6 ? IPPROTO_IPV6 : IPPROTO_IP, ipv6 ? IPV6_RECVPKTINFO : IP_PKTINFO);
            } else {
                socket.set(SOL_SOCKET, SO_REUSEADDR);
            }
            socket.withAddress(SystemCall.BIND, doing, address);
            if (kind != Kind.UDP) {
                Kernel.running().call(SystemCall.LISTEN, doing, socket.fd.number(), BACKLOG);
            }
            return socket;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Opens one that sends to this address. A connection is being made when this returns: when it can be written to, it
     * is made or {@link #failure} says why not.
     */
    public static InetSocket connect(Kind kind, InetSocketAddress address) {
        InetSocket socket = open(kind, address);
        try {
            socket.withAddress(
                    SystemCall.CONNECT,
                    "connect to " + address.getAddress().getHostAddress() + " port " + address.getPort(),
                    address);
            if (kind == Kind.TCP) {
                socket.set(IPPROTO_TCP, TCP_NODELAY);
            }
            return socket;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static InetSocket open(Kind kind, InetSocketAddress address) {
        return new InetSocket(new Fd((int) Kernel.running()
                .call(
                        SystemCall.SOCKET,
                        "make a socket",
                        address.getAddress() instanceof Inet6Address ? AF_INET6 : AF_INET,
                        kind.type | SOCK_CLOEXEC | SOCK_NONBLOCK,
                        kind.protocol)));
    }

    private void withAddress(SystemCall call, String doing, InetSocketAddress address) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = bytes(address, arena);
            long result = Kernel.running().raw(call, fd.number(), bytes.address(), bytes.byteSize(), 0);
            if (result < 0 && result != -Errno.EINPROGRESS.number()) {
                throw new LinuxException(call, (int) -result, doing);
            }
        }
    }

    private static MemorySegment bytes(InetSocketAddress address, Arena arena) {
        boolean ipv6 = address.getAddress() instanceof Inet6Address;
        MemorySegment bytes = arena.allocate(ipv6 ? SOCKADDR_IN6_BYTES : SOCKADDR_IN_BYTES, Long.BYTES);
        byte[] host = address.getAddress().getAddress();
        bytes.set(ValueLayout.JAVA_SHORT, 0, (short) (ipv6 ? AF_INET6 : AF_INET));
        bytes.set(NETWORK_SHORT, PORT_AT, (short) address.getPort());
        MemorySegment.copy(host, 0, bytes, ValueLayout.JAVA_BYTE, ipv6 ? IPV6_AT : IPV4_AT, host.length);
        return bytes;
    }

    /** What the kernel has written as an address. */
    static InetSocketAddress address(MemorySegment bytes) {
        boolean ipv6 = bytes.get(ValueLayout.JAVA_SHORT, 0) == AF_INET6;
        byte[] host = bytes.asSlice(ipv6 ? IPV6_AT : IPV4_AT, ipv6 ? 16 : 4).toArray(ValueLayout.JAVA_BYTE);
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(host), Short.toUnsignedInt(bytes.get(NETWORK_SHORT, PORT_AT)));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + host.length + " bytes", e);
        }
    }

    /** Sends a datagram from a bound socket. Lost where there is no room, or no way, as datagrams are. */
    public void send(byte[] datagram, InetSocketAddress to) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = bytes(to, arena);
            MemorySegment bytes = arena.allocate(Math.max(1, datagram.length));
            MemorySegment.copy(datagram, 0, bytes, ValueLayout.JAVA_BYTE, 0, datagram.length);
            Kernel.running()
                    .raw(
                            SystemCall.SENDTO,
                            fd.number(),
                            bytes.address(),
                            datagram.length,
                            MSG_DONTWAIT | MSG_NOSIGNAL,
                            address.address(),
                            address.byteSize());
        }
    }

    private void set(int level, int option) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment on = arena.allocateFrom(ValueLayout.JAVA_INT, 1);
            Kernel.running()
                    .call(
                            SystemCall.SETSOCKOPT,
                            "set option " + option + " of a socket",
                            fd.number(),
                            level,
                            option,
                            on.address(),
                            Integer.BYTES);
        }
    }

    /** The descriptor, which stays this socket's. */
    public Fd fd() {
        return fd;
    }

    /** The port that it has. */
    public int port() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SOCKADDR_IN6_BYTES, Long.BYTES);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, SOCKADDR_IN6_BYTES);
            Kernel.running()
                    .call(
                            SystemCall.GETSOCKNAME,
                            "look at a socket's address",
                            fd.number(),
                            address.address(),
                            length.address());
            return Short.toUnsignedInt(address.get(NETWORK_SHORT, PORT_AT));
        }
    }

    /**
     * Takes a connection that somebody has made.
     *
     * @return nothing where nobody has
     * @throws LinuxException where it cannot be taken: too many files are open
     */
    public Optional<InetSocket> accept() {
        long accepted = Kernel.running().raw(SystemCall.ACCEPT4, fd.number(), 0, 0, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (accepted >= 0) {
            InetSocket socket = new InetSocket(new Fd((int) accepted));
            socket.set(IPPROTO_TCP, TCP_NODELAY);
            return Optional.of(socket);
        }
        int errno = (int) -accepted;
        if (Errno.EMFILE.is(errno) || Errno.ENFILE.is(errno) || Errno.ENOMEM.is(errno)) {
            throw new LinuxException(SystemCall.ACCEPT4, errno, "take a connection");
        }
        return Optional.empty(); // nobody is there, or is gone again (accept(2))
    }

    /** Why the connection was not made or is no more; 0 where nothing is wrong. Told once. */
    public int failure() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment error = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, Integer.BYTES);
            Kernel.running()
                    .call(
                            SystemCall.GETSOCKOPT,
                            "look at a socket's error",
                            fd.number(),
                            SOL_SOCKET,
                            SO_ERROR,
                            error.address(),
                            length.address());
            return error.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /** Tells the other end that nothing more is coming; it may go on sending. Of one that is gone, nothing happens. */
    public void endOutput() {
        Kernel.running().raw(SystemCall.SHUTDOWN, fd.number(), SHUT_WR);
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return "socket of " + fd;
    }
}
