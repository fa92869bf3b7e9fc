package dev.berth.engine.log;

import dev.berth.engine.config.Limits;
import dev.berth.engine.stream.OutputSink.Stream;
import io.avaje.json.JsonException;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;

/** The files of Docker's json-file driver: a line of JSON a message, byte for byte as Docker writes it. */
final class JsonFileFormat implements RecordFormat {
    private static final int BLOCK_BYTES = 64 << 10;
    private static final byte[] HEAD = ascii("{\"log\":\"");
    private static final byte[] FEED = ascii("\\n");

    private final JsonType<JsonLine> json;
    private final byte[][] tails = new byte[Stream.values().length][];
    private byte[] attributes = new byte[0];
    private Instant known = Instant.MIN;

    JsonFileFormat(Jsonb jsonb) {
        json = jsonb.type(JsonLine.class);
    }

    @Override
    public void attributes(Map<String, String> newAttributes) {
        known = Instant.MIN;
        if (newAttributes.isEmpty()) {
            attributes = new byte[0];
            return;
        }
        ByteBuilder text = new ByteBuilder(128);
        String before = ",\"attrs\":{\"";
        for (Map.Entry<String, String> attribute : newAttributes.entrySet()) {
            text.add(before);
            GoJson.escape(attribute.getKey(), text);
            text.add("\":\"");
            GoJson.escape(attribute.getValue(), text);
            before = "\",\"";
        }
        text.add("\"}");
        attributes = text.toByteArray();
    }

    @Override
    public void encode(Message message, ByteBuilder out) {
        out.add(HEAD);
        GoJson.escape(message.bytes(), message.from(), message.to(), out);
        if (message.endsLine()) {
            out.add(FEED);
        }
        out.add(tail(message.stream(), message.at()));
    }

    /** What follows the text: the same for all lines that came at once. */
    private byte[] tail(Stream stream, Instant at) {
        if (!known.equals(at)) {
            known = at;
            for (Stream each : Stream.values()) {
                ByteBuilder tail = new ByteBuilder(96);
                tail.add("\",\"stream\":\"" + each.word() + '"');
                tail.add(attributes);
                tail.add(",\"time\":\"" + LogTime.shortest(at) + "\"}\n");
                tails[each.ordinal()] = tail.toByteArray();
            }
        }
        return tails[stream.ordinal()];
    }

    /** What is no record, because a crash cut it off, is passed over. */
    @Override
    public Optional<LogRecord> next(RecordSource source) throws IOException {
        while (source.remaining() > 0) {
            Optional<LogRecord> record = parse(line(source));
            if (record.isPresent()) {
                return record;
            }
        }
        return Optional.empty();
    }

    @Override
    public Tail last(FileChannel file, long limit, long records) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
        long found = 0;
        long end = limit;
        while (end > 0) {
            long start = Math.max(0, end - BLOCK_BYTES);
            block.clear().limit((int) (end - start));
            while (block.hasRemaining() && file.read(block, start + block.position()) > 0) {}
            for (int i = block.position() - 1; i >= 0; i--) {
                // the feed at the very end is that of the last record
                if (block.get(i) == '\n' && start + i + 1 < limit && ++found == records) {
                    return new Tail(start + i + 1, found);
                }
            }
            end = start;
        }
        return new Tail(0, limit == 0 ? 0 : found + 1);
    }

    private static byte[] line(RecordSource source) throws IOException {
        ByteBuilder line = new ByteBuilder(256);
        for (int next = source.read(); next >= 0 && next != '\n'; next = source.read()) {
            if (line.length() < Limits.LOG_RECORD_BYTES) {
                line.add(next);
            }
        }
        return line.toByteArray();
    }

    private Optional<LogRecord> parse(byte[] line) {
        try {
            JsonLine read = json.fromJson(line);
            return read == null ? Optional.empty() : Optional.of(record(read));
        } catch (JsonException | IllegalStateException | IndexOutOfBoundsException | DateTimeException e) {
            return Optional.empty();
        }
    }

    private static LogRecord record(JsonLine read) {
        return new LogRecord(
                Stream.of(read.stream()),
                read.time().isEmpty()
                        ? Instant.EPOCH
                        : OffsetDateTime.parse(read.time()).toInstant(),
                read.log().getBytes(StandardCharsets.UTF_8),
                read.attrs());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
