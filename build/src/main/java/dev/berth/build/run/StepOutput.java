package dev.berth.build.run;

import dev.berth.engine.error.EngineException;
import dev.berth.engine.stream.Attachment;
import dev.berth.engine.stream.OutputSink;
import java.nio.ByteBuffer;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Takes what a step prints. */
interface StepOutput {
    /** May block: then the step does, once its pipe is full. */
    void print(OutputSink.Stream stream, byte[] bytes) throws InterruptedException;

    /** Between the engine's threads, which must not block, and the build's. */
    final class Queue implements OutputSink {
        private static final long MOST_BYTES = 1 << 20;

        private record Piece(Stream stream, byte[] bytes, boolean last) {}

        private final LinkedBlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
        private final AtomicLong waiting = new AtomicLong();

        @Override
        public boolean write(Stream stream, ByteBuffer bytes) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            pieces.add(new Piece(stream, copy, false));
            return waiting.addAndGet(copy.length) < MOST_BYTES;
        }

        @Override
        public void end() {
            pieces.add(new Piece(Stream.STDOUT, new byte[0], true));
        }

        @Override
        public void fail(EngineException reason) {
            end(); // the exit code tells
        }

        /** Hands all on until nothing more comes. */
        void drain(Attachment attachment, StepOutput output) throws InterruptedException {
            for (Piece piece = pieces.take(); !piece.last(); piece = pieces.take()) {
                output.print(piece.stream(), piece.bytes());
                long before = waiting.getAndAdd(-piece.bytes().length);
                if (before >= MOST_BYTES && before - piece.bytes().length < MOST_BYTES) {
                    attachment.resume();
                }
            }
        }
    }
}
