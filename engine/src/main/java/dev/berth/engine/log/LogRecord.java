package dev.berth.engine.log;

import dev.berth.engine.stream.OutputSink.Stream;
import java.time.Instant;
import java.util.Map;

/**
 * A message as it was read back.
 *
 * @param text what was printed, with its line feed unless the line was cut
 * @param attributes what it says of its container
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record LogRecord(Stream stream, Instant at, byte[] text, Map<String, String> attributes) {}
