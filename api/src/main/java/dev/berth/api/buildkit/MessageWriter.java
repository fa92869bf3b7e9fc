package dev.berth.api.buildkit;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;

/** Writes a message of Protocol Buffers, field by field; what has its default value is left out, as proto3 has it. */
final class MessageWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CodedOutputStream out = CodedOutputStream.newInstance(bytes);

    private interface Writing {
        void write(CodedOutputStream out) throws IOException;
    }

    private MessageWriter with(Writing writing) {
        try {
            writing.write(out);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory takes everything
        }
    }

    MessageWriter text(int field, String value) {
        return value.isEmpty() ? this : bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    MessageWriter bytes(int field, byte[] value) {
        return value.length == 0 ? this : with(stream -> stream.writeByteArray(field, value));
    }

    MessageWriter number(int field, long value) {
        return value == 0 ? this : with(stream -> stream.writeInt64(field, value));
    }

    MessageWriter flag(int field, boolean value) {
        return value ? with(stream -> stream.writeBool(field, true)) : this;
    }

    /** A message within this one, also an empty one. */
    MessageWriter message(int field, MessageWriter value) {
        return with(stream -> stream.writeByteArray(field, value.toBytes()));
    }

    MessageWriter time(int field, Instant value) {
        return message(
                field, new MessageWriter().number(1, value.getEpochSecond()).number(2, value.getNano()));
    }

    MessageWriter map(int field, Map<String, String> values) {
        values.forEach(
                (key, value) -> message(field, new MessageWriter().text(1, key).text(2, value)));
        return this;
    }

    byte[] toBytes() {
        with(CodedOutputStream::flush);
        return bytes.toByteArray();
    }
}
