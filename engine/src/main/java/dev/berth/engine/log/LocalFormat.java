package dev.berth.engine.log;

import dev.berth.engine.config.Limits;
import dev.berth.engine.log.Message.Partial;
import dev.berth.engine.stream.OutputSink.Stream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The files of Docker's local driver: a message of protocol buffers a record, with its length, in four bytes, before and
 * after it, so that they can be read from the end as well.
 */
final class LocalFormat implements RecordFormat {
    private static final int LENGTH_BYTES = 4;
    private static final int SOURCE = 1;
    private static final int TIME = 2;
    private static final int LINE = 3;
    private static final int PARTIAL = 4;
    private static final int PIECE = 5;
    private static final int ATTRIBUTE = 6;
    private static final int PIECE_LAST = 1;
    private static final int PIECE_ID = 2;
    private static final int PIECE_ORDINAL = 3;
    private static final int KEY = 1;
    private static final int VALUE = 2;

    private final ByteBuilder part = new ByteBuilder(64);
    private byte[] attributes = new byte[0];

    @Override
    public void attributes(Map<String, String> newAttributes) {
        ByteBuilder all = new ByteBuilder(64);
        newAttributes.forEach((key, value) -> {
            part.clear();
            ProtoBuf.put(KEY, key, part);
            ProtoBuf.put(VALUE, value, part);
            ProtoBuf.put(ATTRIBUTE, part.toByteArray(), all);
        });
        attributes = all.toByteArray();
    }

    @Override
    public void encode(Message message, ByteBuilder out) {
        int start = out.length();
        out.putInt(0);
        ProtoBuf.put(SOURCE, message.stream().word(), out);
        ProtoBuf.put(
                TIME,
                message.at().getEpochSecond() * 1_000_000_000L + message.at().getNano(),
                out);
        ProtoBuf.put(LINE, message.bytes(), message.from(), message.to(), out);
        if (message.partial().isPresent()) {
            Partial partial = message.partial().get();
            ProtoBuf.put(PARTIAL, 1, out);
            part.clear();
            ProtoBuf.put(PIECE_LAST, partial.last() ? 1 : 0, part);
            ProtoBuf.put(PIECE_ID, partial.id(), part);
            ProtoBuf.put(PIECE_ORDINAL, partial.ordinal(), part);
            ProtoBuf.put(PIECE, part.toByteArray(), out);
        }
        out.add(attributes);
        int length = out.length() - start - LENGTH_BYTES;
        out.setInt(start, length);
        out.putInt(length);
    }

    /** What does not fit together ends the file: nobody knows where the next record begins. */
    @Override
    public Optional<LogRecord> next(RecordSource source) throws IOException {
        byte[] frame = new byte[LENGTH_BYTES];
        if (source.read(frame)) {
            int length = ByteBuffer.wrap(frame).getInt();
            if (length >= 0 && length <= Limits.LOG_RECORD_BYTES) {
                byte[] record = new byte[length];
                if (source.read(record)
                        && source.read(frame)
                        && ByteBuffer.wrap(frame).getInt() == length) {
                    Optional<LogRecord> parsed = parse(record);
                    return parsed.isPresent() ? parsed : next(source);
                }
            }
        }
        source.seek(source.offset() + source.remaining());
        return Optional.empty();
    }

    @Override
    public Tail last(FileChannel file, long limit, long records) throws IOException {
        long offset = limit;
        long found = 0;
        while (found < records && offset > 2 * LENGTH_BYTES) {
            int length = lengthAt(file, offset - LENGTH_BYTES);
            long start = offset - length - 2L * LENGTH_BYTES;
            if (length < 0 || start < 0 || lengthAt(file, start) != length) {
                break;
            }
            offset = start;
            found++;
        }
        return new Tail(offset, found);
    }

    private static int lengthAt(FileChannel file, long offset) throws IOException {
        ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES);
        while (length.hasRemaining() && file.read(length, offset + length.position()) > 0) {}
        return length.hasRemaining() ? -1 : length.getInt(0);
    }

    private static Optional<LogRecord> parse(byte[] record) {
        Fields fields = new Fields();
        return ProtoBuf.read(record, fields) ? Optional.of(fields.record()) : Optional.empty();
    }

    /** The fields of a record while it is read. */
    private static final class Fields implements ProtoBuf.Fields {
        private String source = "";
        private long nanos;
        private byte[] line = new byte[0];
        private boolean partial;
        private boolean last;
        private final Map<String, String> attributes = new java.util.TreeMap<>();

        @Override
        public void number(int field, long value) {
            switch (field) {
                case TIME -> nanos = value;
                case PARTIAL -> partial = value != 0;
                default -> {} // of a later version
            }
        }

        @Override
        public void bytes(int field, byte[] value) {
            switch (field) {
                case SOURCE -> source = new String(value, StandardCharsets.UTF_8);
                case LINE -> line = value;
                case PIECE -> {
                    Piece piece = new Piece();
                    last = ProtoBuf.read(value, piece) && piece.last;
                }
                case ATTRIBUTE -> {
                    Attribute attribute = new Attribute();
                    if (ProtoBuf.read(value, attribute)) {
                        attributes.put(attribute.key, attribute.value);
                    }
                }
                default -> {} // of a later version
            }
        }

        private LogRecord record() {
            byte[] text = line;
            if (!partial || last) {
                text = java.util.Arrays.copyOf(line, line.length + 1);
                text[line.length] = '\n';
            }
            return new LogRecord(Stream.of(source), Instant.ofEpochSecond(0, nanos), text, attributes);
        }
    }

    private static final class Piece implements ProtoBuf.Fields {
        private boolean last;

        @Override
        public void number(int field, long value) {
            last |= field == PIECE_LAST && value != 0;
        }

        @Override
        public void bytes(int field, byte[] value) {}
    }

    private static final class Attribute implements ProtoBuf.Fields {
        private String key = "";
        private String value = "";

        @Override
        public void number(int field, long number) {}

        @Override
        public void bytes(int field, byte[] bytes) {
            String text = new String(bytes, StandardCharsets.UTF_8);
            if (field == KEY) {
                key = text;
            } else if (field == VALUE) {
                value = text;
            }
        }
    }
}
