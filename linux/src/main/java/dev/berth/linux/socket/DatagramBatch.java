package dev.berth.linux.socket;

import dev.berth.linux.Kernel;
import dev.berth.linux.asm.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;

/**
 * Datagrams that are received together at an {@link InetSocket}, and answered together (recvmmsg(2), sendmmsg(2)): what
 * each call costs is shared by them. For one thread. Nothing here waits.
 */
public final class DatagramBatch implements AutoCloseable {
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;

    /** {@code struct mmsghdr}, where longs have 64 bits: a {@code struct msghdr}, and how long the message is. */
    private static final int HEADER_BYTES = 64;

    private static final int NAME_AT = 0;
    private static final int NAME_LENGTH_AT = 8;
    private static final int VECTOR_AT = 16;
    private static final int VECTOR_COUNT_AT = 24;
    private static final int LENGTH_AT = 56;
    private static final int VECTOR_BYTES = 16;
    /** {@code struct sockaddr_in6}, in whole words. */
    private static final int NAME_BYTES = 32;

    private final int capacity;
    private final int bytesMax;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment bytes;
    private final MemorySegment names;
    private final MemorySegment vectors;
    private final MemorySegment headers;
    private final MemorySegment answerVectors;
    private final MemorySegment answerHeaders;
    private int received;
    private int answers;

    /**
     * @param capacity how many are received together at most
     * @param bytesMax what is received of each, and how long an answer may be; the rest of a longer one is lost
     */
    public DatagramBatch(int capacity, int bytesMax) {
        this.capacity = capacity;
        this.bytesMax = bytesMax;
        bytes = arena.allocate((long) capacity * bytesMax, 8);
        names = arena.allocate((long) capacity * NAME_BYTES, 8);
        vectors = arena.allocate((long) capacity * VECTOR_BYTES, 8);
        headers = arena.allocate((long) capacity * HEADER_BYTES, 8);
        answerVectors = arena.allocate((long) capacity * VECTOR_BYTES, 8);
        answerHeaders = arena.allocate((long) capacity * HEADER_BYTES, 8);
        for (int i = 0; i < capacity; i++) {
            describe(vectors, headers, i, i, bytesMax, NAME_BYTES);
        }
    }

    /** Has one of the headers be of one of the datagrams. */
    private void describe(
            MemorySegment vectors, MemorySegment headers, int header, int datagram, int length, int nameLength) {
        long vector = (long) header * VECTOR_BYTES;
        vectors.set(ValueLayout.JAVA_LONG, vector, bytes.address() + (long) datagram * bytesMax);
        vectors.set(ValueLayout.JAVA_LONG, vector + 8, length);
        long at = (long) header * HEADER_BYTES;
        headers.set(ValueLayout.JAVA_LONG, at + NAME_AT, names.address() + (long) datagram * NAME_BYTES);
        headers.set(ValueLayout.JAVA_INT, at + NAME_LENGTH_AT, nameLength);
        headers.set(ValueLayout.JAVA_LONG, at + VECTOR_AT, vectors.address() + vector);
        headers.set(ValueLayout.JAVA_LONG, at + VECTOR_COUNT_AT, 1);
    }

    /** Receives what has come, in the place of those before; gives how many. */
    public int receive(InetSocket socket) {
        for (int i = 0; i < received; i++) { // the kernel has written over it
            headers.set(ValueLayout.JAVA_INT, (long) i * HEADER_BYTES + NAME_LENGTH_AT, NAME_BYTES);
        }
        answers = 0;
        received = (int) Math.max(
                0,
                Kernel.running()
                        .raw(
                                SystemCall.RECVMMSG,
                                socket.fd().number(),
                                headers.address(),
                                capacity,
                                MSG_DONTWAIT,
                                0,
                                0));
        return received;
    }

    /** The longest answer that has room. */
    public int bytesMax() {
        return bytesMax;
    }

    /** One of those received. */
    public byte[] bytes(int datagram) {
        int length = headers.get(ValueLayout.JAVA_INT, (long) datagram * HEADER_BYTES + LENGTH_AT);
        return bytes.asSlice((long) datagram * bytesMax, length).toArray(ValueLayout.JAVA_BYTE);
    }

    /** Who has sent it. */
    public InetSocketAddress sender(int datagram) {
        return InetSocket.address(names.asSlice((long) datagram * NAME_BYTES, NAME_BYTES));
    }

    /** Has one of those received be answered by {@link #send}, once at most; it is no more what was received then. */
    public void answer(int datagram, byte[] answer) {
        if (answer.length > bytesMax) {
            throw new IllegalArgumentException("no room for an answer of " + answer.length + " bytes");
        }
        MemorySegment.copy(answer, 0, bytes, ValueLayout.JAVA_BYTE, (long) datagram * bytesMax, answer.length);
        int nameLength = headers.get(ValueLayout.JAVA_INT, (long) datagram * HEADER_BYTES + NAME_LENGTH_AT);
        describe(answerVectors, answerHeaders, answers++, datagram, answer.length, nameLength);
    }

    /** Sends the answers. One that cannot be sent is lost, as datagrams are. */
    public void send(InetSocket socket) {
        for (int sent = 0; sent < answers; ) {
            long more = Kernel.running()
                    .raw(
                            SystemCall.SENDMMSG,
                            socket.fd().number(),
                            answerHeaders.address() + (long) sent * HEADER_BYTES,
                            (long) answers - sent,
                            MSG_DONTWAIT | MSG_NOSIGNAL);
            sent += (int) Math.max(1, more);
        }
        answers = 0;
    }

    @Override
    public void close() {
        arena.close();
    }
}
