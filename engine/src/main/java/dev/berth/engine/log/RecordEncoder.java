package dev.berth.engine.log;

import dev.berth.engine.config.Limits;
import dev.berth.engine.stream.OutputSink.Stream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * Cuts what one stream prints into lines and writes each as a record of Docker's json-file format. A line without its
 * end is kept until that comes, the stream ends, or it is too long; its time is that of its first byte.
 */
final class RecordEncoder {
    /** RFC 3339 with all nine digits, so that lines have one width. */
    static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'").withZone(ZoneOffset.UTC);

    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final String stream;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private Instant began = Instant.EPOCH;

    RecordEncoder(Stream stream) {
        this.stream = switch (stream) {
            case STDIN -> "stdin";
            case STDOUT -> "stdout";
            case STDERR -> "stderr";
        };
    }

    /** Takes bytes and writes the records that they complete. */
    void encode(byte[] bytes, Instant at, ByteArrayOutputStream records) {
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            boolean full = line.size() + i + 1 - start >= Limits.LOG_LINE_BYTES;
            if (bytes[i] == '\n' || full) {
                keep(bytes, start, i + 1, at);
                finish(records);
                start = i + 1;
            }
        }
        keep(bytes, start, bytes.length, at);
    }

    /** Writes what is left of a line: nothing more comes. */
    void finish(ByteArrayOutputStream records) {
        if (line.size() == 0) {
            return;
        }
        StringBuilder record = new StringBuilder(line.size() + 96).append("{\"log\":\"");
        escape(line.toString(StandardCharsets.UTF_8), record);
        record.append("\",\"stream\":\"").append(stream).append("\",\"time\":\"");
        TIME.formatTo(began, record);
        records.writeBytes(record.append("\"}\n").toString().getBytes(StandardCharsets.UTF_8));
        line.reset();
    }

    private void keep(byte[] bytes, int from, int to, Instant at) {
        if (from == to) {
            return;
        }
        if (line.size() == 0) {
            began = at;
        }
        line.write(bytes, from, to - from);
    }

    private static void escape(String text, StringBuilder out) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                // as Go's encoder does, so that a record is safe inside HTML and JavaScript
                case '<', '>', '&', '\u2028', '\u2029' -> unicode(c, out);
                default -> {
                    if (c < ' ') {
                        unicode(c, out);
                    } else {
                        out.append(c);
                    }
                }
            }
        }
    }

    private static void unicode(char c, StringBuilder out) {
        out.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            out.append(HEX[c >> shift & 0xf]);
        }
    }
}
