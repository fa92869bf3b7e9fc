package dev.berth.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * One end of a measured connection, a process of its own because it has to be in somebody's network namespace. The first
 * argument says which:
 *
 * <ul>
 *   <li>{@code serve PORT} takes connections until it is killed, and says so in a line
 *   <li>{@code sink HOST PORT SECONDS} prints how many bytes a second one connection has carried to the server
 *   <li>{@code ping HOST PORT SECONDS} prints the median time of a byte to the server and back, in nanoseconds
 *   <li>{@code names SERVER NAME SECONDS CLIENTS} prints how many questions for an address were answered in a second
 * </ul>
 */
public final class Traffic {
    private static final int CHUNK_BYTES = 128 << 10;
    private static final long PATIENCE_NANOS = 2_000_000_000;
    private static final byte SINK = 's';
    private static final byte ECHO = 'e';

    private Traffic() {}

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "serve" -> serve(Integer.parseInt(args[1]));
            case "sink" -> System.out.println(sink(address(args), seconds(args[3])));
            case "ping" -> System.out.println(ping(address(args), seconds(args[3])));
            case "names" -> System.out.println(names(args[1], args[2], seconds(args[3]), Integer.parseInt(args[4])));
            default -> throw new IllegalArgumentException("no such traffic: " + args[0]);
        }
    }

    private static InetSocketAddress address(String[] args) {
        return new InetSocketAddress(args[1], Integer.parseInt(args[2]));
    }

    private static long seconds(String text) {
        return Long.parseLong(text) * 1_000_000_000;
    }

    private static void serve(int port) throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(port));
            System.out.println("ready");
            while (true) {
                SocketChannel client = server.accept();
                Thread.ofPlatform().daemon().start(() -> serve(client));
            }
        }
    }

    private static void serve(SocketChannel client) {
        try (client) {
            client.setOption(StandardSocketOptions.TCP_NODELAY, true);
            ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK_BYTES);
            buffer.limit(1);
            client.read(buffer);
            boolean echo = buffer.get(0) == ECHO;
            for (buffer.clear(); client.read(buffer) >= 0; buffer.clear()) {
                buffer.flip();
                while (echo && buffer.hasRemaining()) {
                    client.write(buffer);
                }
            }
        } catch (IOException e) {
            System.err.println("a client went: " + e.getMessage());
        }
    }

    private static SocketChannel connect(InetSocketAddress server, byte kind) throws IOException {
        SocketChannel channel = SocketChannel.open(server);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.write(ByteBuffer.wrap(new byte[] {kind}));
        return channel;
    }

    private static long sink(InetSocketAddress server, long nanos) throws IOException {
        try (SocketChannel channel = connect(server, SINK)) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK_BYTES);
            long bytes = 0;
            long begin = System.nanoTime();
            while (System.nanoTime() - begin < nanos) {
                buffer.clear();
                bytes += channel.write(buffer);
            }
            channel.shutdownOutput();
            buffer.clear();
            if (channel.read(buffer) >= 0) { // it ends when the server has had all
                throw new IOException("the server sends something");
            }
            return (long) (bytes / ((System.nanoTime() - begin) / 1e9));
        }
    }

    private static long ping(InetSocketAddress server, long nanos) throws IOException {
        try (SocketChannel channel = connect(server, ECHO)) {
            ByteBuffer one = ByteBuffer.allocateDirect(1);
            List<Long> times = new ArrayList<>();
            long end = System.nanoTime() + nanos;
            for (long begin = System.nanoTime(); begin < end; begin = System.nanoTime()) {
                one.clear();
                channel.write(one);
                one.clear();
                channel.read(one);
                times.add(System.nanoTime() - begin);
            }
            times.sort(null);
            return times.get(times.size() / 2);
        }
    }

    private static long names(String server, String name, long nanos, int clients) throws Exception {
        InetSocketAddress address = new InetSocketAddress(server, 53);
        byte[] question = question(name);
        long answers = 0;
        List<DatagramChannel> sockets = new ArrayList<>();
        Thread watchdog = Thread.ofPlatform().daemon().unstarted(() -> closeAfter(nanos + PATIENCE_NANOS, sockets));
        long begin = System.nanoTime();
        try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
            List<Callable<Long>> asking = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                DatagramChannel socket = DatagramChannel.open().connect(address);
                sockets.add(socket);
                asking.add(() -> ask(socket, question, begin + nanos));
            }
            watchdog.start();
            for (Future<Long> client : threads.invokeAll(asking)) {
                answers += client.get();
            }
        }
        return (long) (answers / ((System.nanoTime() - begin) / 1e9));
    }

    /** Ends the wait for an answer that does not come: a timeout of each receive would be half of what is measured. */
    private static void closeAfter(long nanos, List<DatagramChannel> sockets) {
        try {
            Thread.sleep(Duration.ofNanos(nanos));
            for (DatagramChannel socket : sockets) {
                socket.close();
            }
        } catch (InterruptedException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A question for an IPv4 address (RFC 1035, section 4.1). */
    private static byte[] question(String name) {
        byte[] label = name.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer message = ByteBuffer.allocate(12 + 1 + label.length + 1 + 4);
        message.putShort((short) 0).putShort((short) 0x0100); // identity; recursion desired
        message.putShort((short) 1).putShort((short) 0).putInt(0); // one question
        message.put((byte) label.length).put(label).put((byte) 0);
        message.putShort((short) 1).putShort((short) 1); // A, IN
        return message.array();
    }

    private static long ask(DatagramChannel socket, byte[] question, long end) throws IOException {
        long answers = 0;
        try (socket) {
            ByteBuffer asked = ByteBuffer.allocateDirect(question.length).put(question);
            ByteBuffer got = ByteBuffer.allocateDirect(512);
            for (short id = 0; System.nanoTime() < end; id++) {
                socket.write(asked.putShort(0, id).flip());
                asked.position(question.length);
                do {
                    socket.read(got.clear());
                } while (got.getShort(0) != id);
                if ((got.get(3) & 0x0f) != 0 || got.getShort(6) == 0) {
                    throw new IOException("the name was not resolved: flags " + got.getShort(2));
                }
                answers++;
            }
        }
        return answers;
    }
}
