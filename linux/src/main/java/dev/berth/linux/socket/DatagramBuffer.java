package dev.berth.linux.socket;

import dev.berth.linux.Errno;
import dev.berth.linux.Kernel;
import dev.berth.linux.asm.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Holds one datagram, from being received at one {@link InetSocket} to being sent by another, without copying it into
 * Java. For one thread. Nothing here waits.
 */
public final class DatagramBuffer implements AutoCloseable {
    /** The largest datagram there is. */
    private static final int BYTES = 65_535;

    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;

    /** {@code struct msghdr} (recvmsg(2)), where longs have 64 bits. */
    private static final int HEADER_BYTES = 56;

    private static final int NAME_AT = 0;
    private static final int NAME_LENGTH_AT = 8;
    private static final int VECTOR_AT = 16;
    private static final int VECTOR_COUNT_AT = 24;
    private static final int CONTROL_AT = 32;
    private static final int CONTROL_LENGTH_AT = 40;
    private static final int NAME_BYTES = 28;
    private static final int CONTROL_BYTES = 64;

    /** {@code struct cmsghdr}, and what follows it: {@code struct in_pktinfo}, {@code struct in6_pktinfo}. */
    private static final int LEVEL_AT = 8;

    private static final int IPPROTO_IP = 0;
    private static final int DATA_AT = 16;
    private static final int IPV6_INTERFACE_AT = DATA_AT + 16;
    private static final int LINK_LOCAL = 0xfe;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment bytes = arena.allocate(BYTES);
    private final MemorySegment name = arena.allocate(NAME_BYTES, 8);
    private final MemorySegment control = arena.allocate(CONTROL_BYTES, 8);
    private final MemorySegment vector = arena.allocate(16, 8);
    private final MemorySegment header = arena.allocate(HEADER_BYTES, 8);
    private int length;

    /** Who sent a datagram and what to: enough to answer so that the answer is taken for one. Equal for equal addresses. */
    public record Sender(ByteBuffer address, ByteBuffer local) {}

    /** Receives one at a bound socket; nothing where there is none. */
    public Optional<Sender> receive(InetSocket socket) {
        prepare(BYTES, NAME_BYTES, CONTROL_BYTES);
        long received =
                Kernel.running().raw(SystemCall.RECVMSG, socket.fd().number(), header.address(), MSG_DONTWAIT, 0);
        if (received < 0) {
            return Optional.empty();
        }
        length = (int) received;
        int nameLength = header.get(ValueLayout.JAVA_INT, NAME_LENGTH_AT);
        int controlLength = (int) header.get(ValueLayout.JAVA_LONG, CONTROL_LENGTH_AT);
        answerByAnyInterface(controlLength);
        return Optional.of(new Sender(copy(name, nameLength), copy(control, controlLength)));
    }

    /** The way back is the kernel's to choose, but that a link-local address means nothing without its interface. */
    private void answerByAnyInterface(int controlLength) {
        if (controlLength < DATA_AT + Integer.BYTES) {
            return;
        }
        if (control.get(ValueLayout.JAVA_INT, LEVEL_AT) == IPPROTO_IP) {
            control.set(ValueLayout.JAVA_INT, DATA_AT, 0);
        } else if ((control.get(ValueLayout.JAVA_BYTE, DATA_AT) & 0xff) != LINK_LOCAL) {
            control.set(ValueLayout.JAVA_INT, IPV6_INTERFACE_AT, 0);
        }
    }

    /**
     * Receives one at a connected socket.
     *
     * @return false where there is none; what the other end's host had to say of earlier ones is forgotten
     */
    public boolean receiveConnected(InetSocket socket) {
        prepare(BYTES, 0, 0);
        long received =
                Kernel.running().raw(SystemCall.RECVMSG, socket.fd().number(), header.address(), MSG_DONTWAIT, 0);
        length = (int) Math.max(received, 0);
        return received >= 0 || (received == -Errno.ECONNREFUSED.number() && receiveConnected(socket));
    }

    /** Sends what was received to where a connected socket leads. Lost where there is no room, as datagrams are. */
    public void sendConnected(InetSocket socket) {
        prepare(length, 0, 0);
        send(socket);
    }

    /** Sends what was received to whoever sent another, from the address that he sent it to. */
    public void sendBack(InetSocket socket, Sender to) {
        MemorySegment.copy(MemorySegment.ofBuffer(to.address), 0, name, 0, to.address.remaining());
        MemorySegment.copy(MemorySegment.ofBuffer(to.local), 0, control, 0, to.local.remaining());
        prepare(length, to.address.remaining(), to.local.remaining());
        send(socket);
    }

    private void send(InetSocket socket) {
        Kernel.running()
                .raw(SystemCall.SENDMSG, socket.fd().number(), header.address(), MSG_DONTWAIT | MSG_NOSIGNAL, 0);
    }

    private void prepare(int bytesMax, int nameLength, int controlLength) {
        vector.set(ValueLayout.JAVA_LONG, 0, bytes.address());
        vector.set(ValueLayout.JAVA_LONG, 8, bytesMax);
        header.fill((byte) 0);
        header.set(ValueLayout.JAVA_LONG, NAME_AT, nameLength == 0 ? 0 : name.address());
        header.set(ValueLayout.JAVA_INT, NAME_LENGTH_AT, nameLength);
        header.set(ValueLayout.JAVA_LONG, VECTOR_AT, vector.address());
        header.set(ValueLayout.JAVA_LONG, VECTOR_COUNT_AT, 1);
        header.set(ValueLayout.JAVA_LONG, CONTROL_AT, controlLength == 0 ? 0 : control.address());
        header.set(ValueLayout.JAVA_LONG, CONTROL_LENGTH_AT, controlLength);
    }

    private static ByteBuffer copy(MemorySegment segment, int length) {
        return ByteBuffer.wrap(segment.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE))
                .asReadOnlyBuffer();
    }

    @Override
    public void close() {
        arena.close();
    }
}
