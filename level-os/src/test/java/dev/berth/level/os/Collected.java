package dev.berth.level.os;

import dev.berth.level.ProcessOutput;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;

/** Keeps what a process writes. */
final class Collected implements ProcessOutput {
    private final Map<Stream, ByteArrayOutputStream> bytes = new EnumMap<>(Stream.class);

    @Override
    public synchronized boolean data(Stream stream, ByteBuffer buffer) {
        byte[] content = new byte[buffer.remaining()];
        buffer.get(content);
        bytes.computeIfAbsent(stream, s -> new ByteArrayOutputStream()).writeBytes(content);
        notifyAll();
        return true;
    }

    @Override
    public void end(Stream stream) {}

    String out() {
        return text(Stream.STDOUT);
    }

    String err() {
        return text(Stream.STDERR);
    }

    private synchronized String text(Stream stream) {
        ByteArrayOutputStream content = bytes.get(stream);
        return content == null ? "" : content.toString(StandardCharsets.UTF_8);
    }

    /** Waits until the output contains a text. */
    synchronized void await(String text) throws InterruptedException {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!out().contains(text)) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new AssertionError("\"" + text + "\" did not come, but: " + out() + err());
            }
            wait(left);
        }
    }
}
