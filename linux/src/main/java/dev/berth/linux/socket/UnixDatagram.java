package dev.berth.linux.socket;

import dev.berth.linux.Errno;
import dev.berth.linux.Fd;
import dev.berth.linux.Kernel;
import dev.berth.linux.LinuxException;
import dev.berth.linux.asm.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** One end of a datagram socket that has, or reaches, a name in the file system. Safe for use by many threads. */
public final class UnixDatagram implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 02000000;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    /** Of {@code sun_path}, with the zero at its end. */
    private static final int PATH_BYTES = 108;

    private final Fd fd;
    private final String path;

    private UnixDatagram(Fd fd, String path) {
        this.fd = fd;
        this.path = path;
    }

    /**
     * A socket that sends to whoever listens under this path.
     *
     * @throws LinuxException where nobody does
     */
    public static UnixDatagram connect(String path) {
        return open(path, SystemCall.CONNECT, "connect to ");
    }

    /** A socket that listens under this path, which must not exist. The caller removes it. */
    public static UnixDatagram bind(String path) {
        return open(path, SystemCall.BIND, "listen on ");
    }

    private static UnixDatagram open(String path, SystemCall call, String doing) {
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        if (name.length >= PATH_BYTES) {
            throw new LinuxException(call, Errno.ENAMETOOLONG.number(), doing + path);
        }
        Fd fd = new Fd(
                (int) Kernel.running().call(SystemCall.SOCKET, "make a socket", AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(Short.BYTES + PATH_BYTES, Long.BYTES);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, Short.BYTES, name.length);
            Kernel.running().call(call, doing + path, fd.number(), address.address(), Short.BYTES + name.length + 1L);
            return new UnixDatagram(fd, path);
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    /**
     * Sends one datagram. Does not wait.
     *
     * @return false where the receiver has no room for it now
     * @throws LinuxException where the receiver is gone, or the datagram is larger than any may be
     */
    public boolean send(byte[] datagram) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(Math.max(1, datagram.length));
            MemorySegment.copy(datagram, 0, bytes, ValueLayout.JAVA_BYTE, 0, datagram.length);
            Kernel.running()
                    .call(
                            SystemCall.SENDTO,
                            "send to " + path,
                            fd.number(),
                            bytes.address(),
                            datagram.length,
                            MSG_DONTWAIT | MSG_NOSIGNAL);
            return true;
        } catch (LinuxException e) {
            if (e.is(Errno.EAGAIN)) {
                return false;
            }
            throw e;
        }
    }

    /** Waits for a datagram, of which no more than so many bytes are given. */
    public byte[] receive(int bytesMax) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(bytesMax);
            long length = Kernel.running()
                    .call(SystemCall.RECVFROM, "receive from " + path, fd.number(), bytes.address(), bytesMax, 0);
            return bytes.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return path;
    }
}
