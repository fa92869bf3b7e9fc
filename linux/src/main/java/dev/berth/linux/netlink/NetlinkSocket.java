package dev.berth.linux.netlink;

import dev.berth.linux.Errno;
import dev.berth.linux.Fd;
import dev.berth.linux.Kernel;
import dev.berth.linux.LinuxException;
import dev.berth.linux.asm.SystemCall;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * A conversation with the kernel over netlink (netlink(7)): each request is answered before the next is sent. It stays
 * in the network namespace in which it was opened. Safe for use by many threads.
 *
 * <p>The kernel answers a request while it is being sent; where an answer is lost all the same, the caller gets an error
 * after ten seconds and does not wait forever.
 */
public final class NetlinkSocket implements AutoCloseable {
    /** The flags of requests (netlink(7)). */
    public static final int NLM_F_CREATE = 0x400;

    public static final int NLM_F_EXCL = 0x200;
    public static final int NLM_F_REPLACE = 0x100;
    public static final int NLM_F_APPEND = 0x800;
    /** Of an answer: what it is part of was changed while it was told. */
    private static final int NLM_F_DUMP_INTR = 0x10;

    private static final int NLM_F_REQUEST = 1;
    private static final int NLM_F_ACK = 4;
    private static final int NLM_F_DUMP = 0x300;

    private static final int NLMSG_NOOP = 1;
    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int NLMSG_OVERRUN = 4;

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_CLOEXEC = 02000000;
    /** {@code struct sockaddr_nl}. */
    private static final int ADDRESS_BYTES = 12;

    private static final int PORT_AT = 4;

    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SO_RCVTIMEO = 20;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_ADD_MEMBERSHIP = 1;
    private static final int NETLINK_CAP_ACK = 10;
    private static final int NETLINK_EXT_ACK = 11;
    private static final int NETLINK_GET_STRICT_CHK = 12;

    private static final int MSG_TRUNC = 0x20;
    private static final int MSG_DONTWAIT = 0x40;
    /** The kernel puts no more than 32 KiB into one answer of a dump. */
    private static final int RECEIVE_BYTES = 64 << 10;

    private static final int ANSWER_SECONDS_MAX = 10;
    private static final int DUMP_MESSAGES_MAX = 1 << 20;
    /** A dump during which something changed is asked for again so often. */
    private static final int DUMP_ATTEMPTS_MAX = 20;

    private static final int BATCH_BYTES_MAX = 16 << 20;
    /** What the kernel's bookkeeping adds to a message in a socket's buffer, with room to spare. */
    private static final int BUFFER_OVERHEAD_BYTES = 64 << 10;

    private final Kernel kernel = Kernel.running();
    private final ReentrantLock turn = new ReentrantLock();
    private final Fd fd;
    private int sequence;
    /** Whether answers to a request that failed may be left in the socket. */
    private boolean leftovers;

    private NetlinkSocket(NetlinkProtocol protocol) {
        fd = new Fd((int) kernel.call(
                SystemCall.SOCKET, "open a netlink socket", AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol.number()));
        try {
            connect();
            option(SOL_NETLINK, NETLINK_EXT_ACK, 1);
            option(SOL_NETLINK, NETLINK_CAP_ACK, 1);
            option(SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Opens one in the network namespace of the calling thread. */
    public static NetlinkSocket open(NetlinkProtocol protocol) {
        NetlinkSocket socket = new NetlinkSocket(protocol);
        socket.timeOut();
        return socket;
    }

    /** Opens one in this namespace. */
    public static NetlinkSocket open(NetlinkProtocol protocol, NetworkNamespace namespace) {
        return namespace.call(() -> open(protocol));
    }

    /**
     * Opens one that hears what the kernel tells a group, in the network namespace of the calling thread.
     *
     * @param bufferBytes what the kernel keeps for us while we don't read; what is more is lost, which {@link #hear} tells
     */
    public static NetlinkSocket listen(NetlinkProtocol protocol, int group, int bufferBytes) {
        NetlinkSocket socket = new NetlinkSocket(protocol);
        try {
            socket.option(SOL_SOCKET, SO_RCVBUFFORCE, bufferBytes);
            socket.option(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group);
            return socket;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Makes a request that is answered by success or an error.
     *
     * @param doing what is being done, to what, for the error
     * @throws LinuxException when the kernel refuses, with its own words where it has some
     */
    public void acknowledged(MessageBuilder request, String doing) {
        exchange(request, NLM_F_ACK, doing, _ -> true);
    }

    /**
     * Makes a request that is answered by one message.
     *
     * @throws LinuxException when the kernel refuses
     */
    public Message answered(MessageBuilder request, String doing) {
        List<Message> answers = exchange(request, NLM_F_ACK, doing, _ -> true);
        if (answers.isEmpty()) {
            throw new LinuxException(SystemCall.RECVFROM, Errno.ENODATA.number(), doing);
        }
        return answers.getFirst();
    }

    /** Makes a request that is answered by any number of messages, all of one moment. */
    public List<Message> dump(MessageBuilder request, String doing) {
        return dump(request, doing, _ -> true);
    }

    /** The same, of which only some messages are kept: the rest, which may be much, is not held in memory. */
    public List<Message> dump(MessageBuilder request, String doing, Predicate<Message> keep) {
        for (int attempt = 1; ; attempt++) {
            List<Message> answers = exchange(request, NLM_F_DUMP, doing, keep);
            if (answers.stream().noneMatch(answer -> (answer.flags() & NLM_F_DUMP_INTR) != 0)) {
                return answers;
            }
            if (attempt == DUMP_ATTEMPTS_MAX) {
                throw new LinuxException(
                        SystemCall.RECVFROM, Errno.EINTR.number(), doing, "what is asked for never stays the same");
            }
        }
    }

    /**
     * One message of a batch.
     *
     * @param doing what it does, to what, for the error
     */
    public record Part(MessageBuilder message, String doing) {}

    /**
     * Sends messages that the kernel carries out together or not at all. The last but one is acknowledged (the last
     * marks the end of the batch).
     *
     * @throws LinuxException with the first part that is refused
     */
    public void batch(List<Part> parts) {
        turn.lock();
        try {
            begin();
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            int first = sequence + 1;
            int acknowledged = sequence + parts.size() - 1;
            for (Part part : parts) {
                sequence++;
                int ack = sequence == acknowledged ? NLM_F_ACK : 0;
                all.writeBytes(part.message().finish(NLM_F_REQUEST | ack, sequence));
            }
            if (all.size() > BATCH_BYTES_MAX) {
                throw new IllegalArgumentException(
                        "a change of " + all.size() + " bytes is too large, at most are " + BATCH_BYTES_MAX);
            }
            send(all.toByteArray(), parts.getFirst().doing());
            awaitBatch(parts, first, acknowledged);
        } finally {
            turn.unlock();
        }
    }

    private void awaitBatch(List<Part> parts, int first, int acknowledged) {
        while (true) {
            for (Message message : receiveOfBatch(parts.getFirst().doing())) {
                int index = message.sequence() - first;
                if (message.type() != NLMSG_ERROR || index < 0 || index >= parts.size()) {
                    continue;
                }
                if (message.u32(0) != 0) {
                    throw refusal(message, parts.get(index).doing());
                }
                if (message.sequence() == acknowledged) {
                    leftovers = false;
                    return;
                }
            }
        }
    }

    /** Where so many parts are refused that not all refusals fit into the buffer, those that do are still there. */
    private List<Message> receiveOfBatch(String doing) {
        try {
            return receive(doing, 0);
        } catch (LinuxException e) {
            if (e.is(Errno.ENOBUFS)) {
                return List.of();
            }
            throw e;
        }
    }

    /** Whether something was heard, or so much that some of it is lost. */
    public sealed interface Heard {
        /** These messages. */
        record Messages(List<Message> messages) implements Heard {}

        /** The buffer was full: what happened must be found out by asking. */
        record Overrun() implements Heard {}
    }

    /** What the kernel has told the group since it was last asked. Does not wait. */
    public Heard hear() {
        turn.lock();
        try {
            return new Heard.Messages(receive("listen to netlink", MSG_DONTWAIT));
        } catch (LinuxException e) {
            if (e.is(Errno.ENOBUFS)) {
                return new Heard.Overrun();
            }
            if (e.is(Errno.EAGAIN)) {
                return new Heard.Messages(List.of());
            }
            throw e;
        } finally {
            turn.unlock();
        }
    }

    /** The socket's own address among those of its family and namespace, as {@link Message#port} has it. */
    public int port() {
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment address = confined.allocate(ADDRESS_BYTES, 4);
            MemorySegment length = confined.allocateFrom(ValueLayout.JAVA_INT, ADDRESS_BYTES);
            kernel.call(
                    SystemCall.GETSOCKNAME,
                    "ask for a netlink socket's address",
                    fd.number(),
                    address.address(),
                    length.address());
            return address.get(ValueLayout.JAVA_INT, PORT_AT);
        }
    }

    /** Readable when something can be heard. Belongs to this object. */
    public Fd fd() {
        return fd;
    }

    private List<Message> exchange(MessageBuilder request, int flags, String doing, Predicate<Message> keep) {
        turn.lock();
        try {
            begin();
            sequence++;
            send(request.finish(NLM_F_REQUEST | flags, sequence), doing);
            List<Message> answers = new ArrayList<>();
            while (!collect(receive(doing, 0), answers, doing, keep)) {
                if (answers.size() > DUMP_MESSAGES_MAX) {
                    throw new LinuxException(
                            SystemCall.RECVFROM, Errno.EMSGSIZE.number(), doing, "the answer has no end");
                }
            }
            leftovers = false;
            return answers;
        } finally {
            turn.unlock();
        }
    }

    /** Has nothing of earlier requests in the socket's buffer, where it would take the place of answers. */
    private void begin() {
        try {
            while (leftovers) {
                receive("clear a netlink socket", MSG_DONTWAIT);
            }
        } catch (LinuxException e) {
            if (!e.is(Errno.EAGAIN) && !e.is(Errno.ENOBUFS)) {
                throw e;
            }
        }
        leftovers = true;
    }

    /** Takes what belongs to the last request; true when that was all. */
    private boolean collect(List<Message> received, List<Message> answers, String doing, Predicate<Message> keep) {
        for (Message message : received) {
            if (message.sequence() != sequence) {
                continue; // of an earlier request, which failed before it had read all
            }
            switch (message.type()) {
                case NLMSG_NOOP -> {}
                case NLMSG_ERROR -> {
                    if (message.u32(0) != 0) {
                        throw refusal(message, doing);
                    }
                    return true;
                }
                case NLMSG_DONE -> {
                    if (message.payload().limit() >= Integer.BYTES && message.u32(0) < 0) {
                        throw new LinuxException(SystemCall.SENDTO, -message.u32(0), doing);
                    }
                    if ((message.flags() & NLM_F_DUMP_INTR) != 0) {
                        answers.add(message);
                    }
                    return true;
                }
                case NLMSG_OVERRUN -> throw new LinuxException(SystemCall.RECVFROM, Errno.ENOBUFS.number(), doing);
                default -> {
                    if ((message.flags() & NLM_F_DUMP_INTR) != 0 || keep.test(message)) {
                        answers.add(message);
                    }
                }
            }
        }
        return false;
    }

    /** What an NLMSG_ERROR says, with the kernel's explanation where there is one. */
    static LinuxException refusal(Message message, String doing) {
        return new LinuxException(SystemCall.SENDTO, -message.u32(0), doing, ExtendedAck.explanation(message));
    }

    private void connect() {
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment address = confined.allocate(ADDRESS_BYTES, 4);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_NETLINK);
            // Connected to the kernel, the socket takes messages from nobody else.
            kernel.call(SystemCall.CONNECT, "open a netlink socket", fd.number(), address.address(), ADDRESS_BYTES);
        }
    }

    private void timeOut() {
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment time = confined.allocate(16, 8);
            time.set(ValueLayout.JAVA_LONG, 0, ANSWER_SECONDS_MAX);
            kernel.call(
                    SystemCall.SETSOCKOPT,
                    "set up a netlink socket",
                    fd.number(),
                    SOL_SOCKET,
                    SO_RCVTIMEO,
                    time.address(),
                    16);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void option(int level, int option, int value) {
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment number = confined.allocateFrom(ValueLayout.JAVA_INT, value);
            kernel.call(
                    SystemCall.SETSOCKOPT,
                    "set up a netlink socket",
                    fd.number(),
                    level,
                    option,
                    number.address(),
                    Integer.BYTES);
        }
    }

    private void send(byte[] bytes, String doing) {
        if (bytes.length > BUFFER_OVERHEAD_BYTES) {
            option(SOL_SOCKET, SO_SNDBUFFORCE, bytes.length + BUFFER_OVERHEAD_BYTES);
        }
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment memory = confined.allocate(bytes.length, Long.BYTES);
            MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
            kernel.call(SystemCall.SENDTO, doing, fd.number(), memory.address(), bytes.length, 0);
        }
    }

    /** What is received at once. */
    private List<Message> receive(String doing, int flags) {
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment buffer = confined.allocate(RECEIVE_BYTES, Long.BYTES);
            long length = kernel.call(
                    SystemCall.RECVFROM, doing, fd.number(), buffer.address(), RECEIVE_BYTES, MSG_TRUNC | flags);
            if (length > RECEIVE_BYTES) {
                throw new LinuxException(
                        SystemCall.RECVFROM, Errno.EMSGSIZE.number(), doing, "the answer has " + length + " bytes");
            }
            byte[] bytes = buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
            return Message.parse(ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()));
        } catch (LinuxException e) {
            if (e.is(Errno.EAGAIN) && flags == 0) {
                throw new LinuxException(
                        SystemCall.RECVFROM, Errno.ETIMEDOUT.number(), doing, "the kernel does not answer");
            }
            throw e;
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
