package dev.berth.build.run;

import dev.berth.build.StepEvent;
import dev.berth.engine.stream.OutputSink;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** What a step prints, as text; a character that comes in two pieces is one. */
final class Utf8Lines implements StepOutput {
    private final OrderedLog.Part log;
    private final ByteArrayOutputStream rest = new ByteArrayOutputStream();

    Utf8Lines(OrderedLog.Part log) {
        this.log = log;
    }

    @Override
    public void print(OutputSink.Stream stream, byte[] bytes) {
        log.steps()
                .printed(stream == OutputSink.Stream.STDERR ? StepEvent.Stream.STDERR : StepEvent.Stream.STDOUT, bytes);
        rest.writeBytes(bytes);
        byte[] all = rest.toByteArray();
        int whole = whole(all);
        rest.reset();
        rest.write(all, whole, all.length - whole);
        if (whole > 0) {
            log.print(new String(all, 0, whole, StandardCharsets.UTF_8));
        }
    }

    /** How many bytes there are before a character at the end that is not complete. */
    private static int whole(byte[] bytes) {
        for (int back = 1; back <= Math.min(3, bytes.length); back++) {
            int b = bytes[bytes.length - back] & 0xff;
            if (b >= 0xc0) {
                int length = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : 2;
                return length > back ? bytes.length - back : bytes.length;
            }
            if (b < 0x80) {
                return bytes.length;
            }
        }
        return bytes.length;
    }

    /** Prints what never became a character. */
    void end() {
        if (rest.size() > 0) {
            log.print(rest.toString(StandardCharsets.UTF_8));
            rest.reset();
        }
    }
}
