package dev.berth.network.dns;

import dev.berth.network.Inside;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.ProtocolFamily;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.xbill.DNS.Header;
import org.xbill.DNS.Rcode;

/**
 * Asks upstream servers what is no container's name. Questions and answers pass unchanged but for their IDs. Blocks the
 * calling thread, a virtual one, for a bounded time.
 */
final class Forwarder {
    private static final int RCODE_BYTE = 3;
    private static final int RCODE_BITS = 0xf;
    private static final int QR_BYTE = 2;
    private static final int QR_BIT = 0x80;
    private static final int QUESTION_COUNT_BYTE = 5;
    private static final int TYPE_AND_CLASS_BYTES = 4;

    private final Semaphore permits = new Semaphore(Limits.FORWARDS);
    private final RandomGenerator random;
    private final Duration patience;

    /**
     * @param random gives IDs, which whoever would slip us a wrong answer must not guess
     * @param patience how long all upstreams together may take
     */
    Forwarder(RandomGenerator random, Duration patience) {
        this.random = random;
        this.patience = patience;
    }

    /**
     * The first answer of an upstream that is one; servers that do not answer, fail or refuse are passed over.
     *
     * @param datagram whether to ask by datagram, as the client did. An answer that did not fit into one is the client's: it
     *     asks again by a connection.
     * @param namespace where those upstreams are asked that are reached from inside only
     */
    Optional<byte[]> ask(Query query, List<Upstream> upstreams, boolean datagram, Inside namespace)
            throws InterruptedException {
        if (upstreams.isEmpty() || !permits.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            return Optional.empty();
        }
        try {
            Duration each = patience.dividedBy((long) Limits.ROUNDS * upstreams.size());
            for (int round = 0; round < Limits.ROUNDS; round++) {
                for (Upstream upstream : upstreams) {
                    Optional<byte[]> answer = askOne(query, upstream, datagram, namespace, each);
                    if (answer.isPresent()) {
                        return answer;
                    }
                }
            }
            return Optional.empty();
        } finally {
            permits.release();
        }
    }

    private Optional<byte[]> askOne(Query query, Upstream upstream, boolean datagram, Inside namespace, Duration each) {
        byte[] question = query.wire().clone();
        putId(question, random.nextInt(1 << 16));
        Inside place = upstream.inside() ? namespace : Inside.here();
        try {
            byte[] answer = datagram
                    ? byDatagram(question, upstream, place, each)
                    : byConnection(question, upstream, place, each);
            int rcode = answer[RCODE_BYTE] & RCODE_BITS;
            if (rcode == Rcode.SERVFAIL || rcode == Rcode.REFUSED) {
                return Optional.empty();
            }
            putId(answer, query.message().getHeader().getID());
            return Optional.of(answer);
        } catch (IOException | RuntimeException e) {
            return Optional.empty(); // unreachable, silent or gone: the next one may not be
        }
    }

    private static byte[] byDatagram(byte[] question, Upstream upstream, Inside place, Duration each)
            throws IOException {
        long deadline = System.nanoTime() + each.toNanos();
        try (DatagramChannel channel = place.call(() -> DatagramChannel.open(family(upstream)))) {
            DatagramSocket socket = channel.socket();
            socket.connect(upstream.socketAddress());
            socket.send(new DatagramPacket(question, question.length));
            DatagramPacket packet = new DatagramPacket(new byte[Limits.MESSAGE_BYTES], Limits.MESSAGE_BYTES);
            while (true) {
                socket.setSoTimeout(millisUntil(deadline));
                socket.receive(packet);
                byte[] answer = Arrays.copyOf(packet.getData(), packet.getLength());
                if (answers(question, answer)) {
                    return answer;
                }
                packet.setLength(Limits.MESSAGE_BYTES);
            }
        }
    }

    private static byte[] byConnection(byte[] question, Upstream upstream, Inside place, Duration each)
            throws IOException {
        long deadline = System.nanoTime() + each.toNanos();
        try (SocketChannel channel = place.call(() -> SocketChannel.open(family(upstream)))) {
            Socket socket = channel.socket();
            socket.connect(upstream.socketAddress(), millisUntil(deadline));
            socket.setSoTimeout(millisUntil(deadline));
            OutputStream out = socket.getOutputStream();
            out.write(framed(question));
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] answer = new byte[in.readUnsignedShort()];
            in.readFully(answer);
            if (!answers(question, answer)) {
                throw new IOException("the answer of " + upstream + " is to another question");
            }
            return answer;
        }
    }

    /** A message as it is sent on a connection: its length first. */
    static byte[] framed(byte[] message) {
        return ByteBuffer.allocate(Short.BYTES + message.length)
                .putShort((short) message.length)
                .put(message)
                .array();
    }

    /** Whether a message is an answer to this question and no other's. */
    private static boolean answers(byte[] question, byte[] answer) {
        if (answer.length < Header.LENGTH
                || answer[0] != question[0]
                || answer[1] != question[1]
                || (answer[QR_BYTE] & QR_BIT) == 0) {
            return false;
        }
        if (answer[QUESTION_COUNT_BYTE] == 0) {
            return (answer[RCODE_BYTE] & RCODE_BITS) != Rcode.NOERROR; // says only what was wrong
        }
        int end = questionEnd(question);
        if (answer.length < end) {
            return false;
        }
        for (int i = Header.LENGTH; i < end; i++) {
            if (Character.toLowerCase(question[i] & 0xff) != Character.toLowerCase(answer[i] & 0xff)) {
                return false;
            }
        }
        return true;
    }

    /** Where the question's section ends. It was parsed before, so that it does end. */
    private static int questionEnd(byte[] question) {
        int at = Header.LENGTH;
        while (at < question.length && question[at] != 0) {
            at += 1 + (question[at] & 0xff);
        }
        return Math.min(question.length, at + 1 + TYPE_AND_CLASS_BYTES);
    }

    private static void putId(byte[] message, int id) {
        message[0] = (byte) (id >> 8);
        message[1] = (byte) id;
    }

    private static ProtocolFamily family(Upstream upstream) {
        return upstream.address().inet() instanceof Inet4Address
                ? StandardProtocolFamily.INET
                : StandardProtocolFamily.INET6;
    }

    private static int millisUntil(long deadline) throws IOException {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
            throw new IOException("no answer in time");
        }
        return (int) left;
    }
}
