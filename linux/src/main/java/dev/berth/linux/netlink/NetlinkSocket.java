package dev.berth.linux.netlink;

import dev.berth.linux.Errno;
import dev.berth.linux.Fd;
import dev.berth.linux.LinuxException;
import dev.berth.linux.asm.SystemCall;
import java.io.ByteArrayOutputStream;
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
    static final int NLMSG_DONE = 3;
    private static final int NLMSG_OVERRUN = 4;

    private static final int DUMP_MESSAGES_MAX = 1 << 20;
    /** A dump during which something changed is asked for again so often. */
    private static final int DUMP_ATTEMPTS_MAX = 20;

    private static final int BATCH_BYTES_MAX = 16 << 20;
    private final ReentrantLock turn = new ReentrantLock();
    private final NetlinkChannel channel;
    private int sequence;
    /** Whether answers to a request that failed may be left in the socket. */
    private boolean leftovers;

    private NetlinkSocket(NetlinkChannel channel) {
        this.channel = channel;
    }

    /** Opens one in the network namespace of the calling thread. */
    public static NetlinkSocket open(NetlinkProtocol protocol) {
        return new NetlinkSocket(NetlinkChannel.open(protocol));
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
        return new NetlinkSocket(NetlinkChannel.listen(protocol, group, bufferBytes));
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
            channel.send(all.toByteArray(), parts.getFirst().doing());
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
            return channel.receive(doing);
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
            return new Heard.Messages(channel.receiveNow("listen to netlink"));
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
        return channel.port();
    }

    /** Readable when something can be heard. Belongs to this object. */
    public Fd fd() {
        return channel.fd();
    }

    private List<Message> exchange(MessageBuilder request, int flags, String doing, Predicate<Message> keep) {
        turn.lock();
        try {
            begin();
            sequence++;
            channel.send(request.finish(NLM_F_REQUEST | flags, sequence), doing);
            List<Message> answers = new ArrayList<>();
            while (!collect(channel.receive(doing), answers, doing, keep)) {
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
        while (leftovers) {
            try {
                channel.receiveNow("clear a netlink socket");
            } catch (LinuxException e) {
                if (e.is(Errno.EAGAIN)) {
                    break;
                }
                if (!e.is(Errno.ENOBUFS)) { // some of them are lost: so much the better
                    throw e;
                }
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
                        throw refusal(message, doing);
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

    /** What an NLMSG_ERROR or NLMSG_DONE says, with the kernel's explanation where there is one. */
    static LinuxException refusal(Message message, String doing) {
        return new LinuxException(SystemCall.SENDTO, -message.u32(0), doing, ExtendedAck.explanation(message));
    }

    @Override
    public void close() {
        turn.lock();
        try {
            channel.close();
        } finally {
            turn.unlock();
        }
    }
}
