package dev.berth.cli.build;

import dev.berth.linux.file.FileName;
import dev.berth.linux.file.FileStatus;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/**
 * The packets in which a daemon asks for folders and is told of their files: fsutil's, messages of Protocol Buffers, each behind its
 * length in four bytes. A file's number is its place in the order in which files are told of.
 */
final class FolderPackets {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int MOST_BYTES = 1 << 20;
    private static final long BILLION = 1_000_000_000;
    /** What was changed that shortly ago may be changed again within the clock's tick. */
    private static final int FRESH_SECONDS = 2;

    private static final int IDENTITY = 100;
    private static final byte[] NOTHING = {};

    private final DataInputStream in;
    private final DataOutputStream out;
    private long bytes;

    /** Over a connection, both of whose streams stay the caller's. */
    FolderPackets(InputStream in, OutputStream out) {
        this.in = new DataInputStream(in);
        this.out = new DataOutputStream(new BufferedOutputStream(out, BUFFER_BYTES));
    }

    /** What a daemon asks for. */
    sealed interface Asked {
        /** All that is told of a folder. */
        record Folder(String name) implements Asked {}

        /** A file's data. */
        record Data(int file) implements Asked {}

        /** Nothing more of the folder. */
        record Nothing() implements Asked {}
    }

    /** How many bytes have been sent. */
    long bytes() {
        return bytes;
    }

    /** The next thing that is asked for; empty when the daemon has ended the connection. */
    Optional<Asked> next() throws IOException {
        out.flush();
        byte[] message;
        try {
            int length = in.readInt();
            if (length < 0 || length > MOST_BYTES) {
                throw new IOException("the daemon asks for files with " + length + " bytes");
            }
            message = in.readNBytes(length);
        } catch (EOFException e) {
            return Optional.empty();
        }
        return Optional.of(read(ByteBuffer.wrap(message)));
    }

    private static Asked read(ByteBuffer in) throws IOException {
        long type = 0;
        long file = 0;
        byte[] data = NOTHING;
        try {
            while (in.hasRemaining()) {
                long tag = varint(in);
                switch ((int) tag) {
                    case 1 << 3 -> type = varint(in);
                    case 3 << 3 -> file = varint(in);
                    case 4 << 3 | 2 -> {
                        data = new byte[Math.toIntExact(varint(in))];
                        in.get(data);
                    }
                    default -> throw new IOException("the daemon asks for files in a way that is not known");
                }
            }
        } catch (RuntimeException e) { // cut off within a field
            throw new IOException("the daemon asks for files with a message that is not whole", e);
        }
        return switch ((int) type) {
            case 1 -> new Asked.Data((int) file);
            case 3 -> new Asked.Nothing();
            case 16 -> new Asked.Folder(new String(data, StandardCharsets.UTF_8));
            default -> throw new IOException("the daemon asks for something else than files: " + type);
        };
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = in.get();
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }

    /** A message that is written. */
    private static final class Message {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        private void varint(long value) {
            long left = value;
            while ((left & ~0x7fL) != 0) {
                bytes.write((int) ((left & 0x7f) | 0x80));
                left >>>= 7;
            }
            bytes.write((int) left);
        }

        Message number(int field, long value) {
            varint((long) field << 3);
            varint(value);
            return this;
        }

        Message bytes(int field, byte[] value) {
            return bytes(field, value, value.length);
        }

        Message bytes(int field, byte[] value, int length) {
            varint((long) field << 3 | 2);
            varint(length);
            bytes.write(value, 0, length);
            return this;
        }

        byte[] toBytes() {
            return bytes.toByteArray();
        }
    }

    private void send(Message message) throws IOException {
        byte[] content = message.toBytes();
        out.writeInt(content.length);
        out.write(content);
        bytes += Integer.BYTES + content.length;
    }

    /**
     * Tells of a file.
     *
     * @param mode its type and permissions as Go has them
     * @param link where it leads, or which file it is another name of
     * @param identity what another one has after any change; nothing where a change might not show
     */
    void file(String path, long mode, FileStatus status, String link, Optional<byte[]> capability, byte[] identity)
            throws IOException {
        Message stat = new Message()
                .bytes(1, FileName.encode(path))
                .number(2, mode)
                .number(5, status.isRegular() && link.isEmpty() ? status.size() : 0)
                .number(6, Math.max(0, status.modifiedSeconds()) * BILLION);
        if (!link.isEmpty()) {
            stat.bytes(7, FileName.encode(link));
        }
        stat.number(8, status.rdevMajor()).number(9, status.rdevMinor());
        if (capability.isPresent()) {
            byte[] name = "security.capability".getBytes(StandardCharsets.UTF_8);
            stat.bytes(
                    10, new Message().bytes(1, name).bytes(2, capability.get()).toBytes());
        }
        send(new Message().bytes(2, stat.bytes(IDENTITY, identity).toBytes()));
    }

    /** What tells a file on the disk from what it was before. */
    static byte[] identity(FileStatus status) {
        if (status.changedSeconds() + FRESH_SECONDS >= Instant.now().getEpochSecond()) {
            return NOTHING;
        }
        FileStatus.Identity identity = status.identity();
        return ByteBuffer.allocate(5 * Long.BYTES + 2 * Integer.BYTES)
                .putLong(identity.device())
                .putLong(identity.inode())
                .putLong(identity.size())
                .putLong(identity.modifiedSeconds())
                .putInt(identity.modifiedNanos())
                .putLong(identity.changedSeconds())
                .putInt(identity.changedNanos())
                .array();
    }

    /** These were all files. */
    void endOfFiles() throws IOException {
        send(new Message());
    }

    /** Some of a file's data; none ends it. */
    void data(int file, byte[] data, int length) throws IOException {
        send(new Message().number(1, 2).number(3, file).bytes(4, data, length));
    }

    /** Nothing more will come of this folder. */
    void end() throws IOException {
        send(new Message().number(1, 3));
    }

    void failure(String reason) throws IOException {
        send(new Message().number(1, 4).bytes(4, reason.getBytes(StandardCharsets.UTF_8)));
    }
}
