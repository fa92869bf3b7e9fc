package dev.berth.engine.log;

import dev.berth.engine.stream.OutputSink.Stream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Docker's journald driver: a message a journal entry, with its container in fields, by the journal's own protocol. */
final class JournaldDriver extends RemoteDriver {
    /** Where the journal listens on every host that has one. */
    static final Path SOCKET = Path.of("/run/systemd/journal/socket");

    private static final String ERROR = "3";
    private static final String INFO = "6";

    private final Path socket;
    private final LogAttributes attributes;
    private final String epoch = UUID.randomUUID().toString().replace("-", "");
    private byte[] fields = new byte[0];
    private long sent;

    JournaldDriver(Path socket, LogAttributes attributes) {
        this.socket = socket;
        this.attributes = attributes;
    }

    @Override
    public void open(LogSource source) throws IOException {
        Map<String, String> all = new LinkedHashMap<>();
        String tag = attributes.tagOr(source);
        all.put("CONTAINER_ID", source.shortId());
        all.put("CONTAINER_ID_FULL", source.id());
        all.put("CONTAINER_NAME", source.name());
        all.put("CONTAINER_TAG", tag);
        all.put("IMAGE_NAME", source.imageName());
        all.put("SYSLOG_IDENTIFIER", tag);
        all.put("CONTAINER_LOG_EPOCH", epoch);
        all.putAll(attributes.chosen(source, JournaldDriver::fieldName));
        ByteBuilder bytes = new ByteBuilder(256);
        all.forEach((name, value) -> put(name, value, bytes));
        fields = bytes.toByteArray();
        if (!Files.exists(socket)) {
            throw new IOException("journald is not enabled on this host");
        }
        super.open(source);
    }

    @Override
    Wire connect() throws IOException {
        return Wires.unixDatagram(socket);
    }

    @Override
    void encode(Message message, ByteBuilder out) {
        put("PRIORITY", message.stream() == Stream.STDERR ? ERROR : INFO, out);
        put("MESSAGE", message.bytes(), message.from(), message.to(), out);
        out.add(fields);
        put("SYSLOG_TIMESTAMP", LogTime.shortest(message.at()), out);
        message.partial().ifPresent(partial -> {
            put("CONTAINER_PARTIAL_ID", partial.id(), out);
            put("CONTAINER_PARTIAL_ORDINAL", Integer.toString(partial.ordinal()), out);
            put("CONTAINER_PARTIAL_LAST", Boolean.toString(partial.last()), out);
            if (!partial.last()) {
                put("CONTAINER_PARTIAL_MESSAGE", "true", out);
            }
        });
        put("CONTAINER_LOG_ORDINAL", Long.toString(++sent), out);
    }

    private static void put(String name, String value, ByteBuilder out) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        put(name, bytes, 0, bytes.length, out);
    }

    /** A value of one line follows an equals sign; of any other the length goes before it. */
    private static void put(String name, byte[] bytes, int from, int to, ByteBuilder out) {
        out.add(name);
        if (LineFeeds.next(bytes, from, to) == to) {
            out.add('=');
        } else {
            out.add('\n');
            out.add(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(to - from)
                    .array());
        }
        out.add(bytes, from, to);
        out.add('\n');
    }

    /** A label's name as a field's: capitals and digits, and underscores but at its start. */
    private static String fieldName(String name) {
        StringBuilder field = new StringBuilder();
        name.codePoints().forEach(c -> {
            boolean small = c >= 'a' && c <= 'z';
            boolean kept = small || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (kept || !field.isEmpty()) {
                field.append(!kept ? '_' : (char) (small ? c - 'a' + 'A' : c));
            }
        });
        return field.toString();
    }
}
