package dev.berth.api.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.engine.error.EngineException;
import dev.berth.engine.stream.Attachment;
import dev.berth.engine.stream.OutputSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OutputPumpTest {
    /** Counts how often it was told to go on. */
    private static final class Counting implements Attachment {
        private final AtomicInteger resumed = new AtomicInteger();

        @Override
        public CompletableFuture<Void> write(ByteBuffer bytes) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void closeInput() {}

        @Override
        public void resume() {
            resumed.incrementAndGet();
        }

        @Override
        public void close() {}
    }

    private final Counting attachment = new Counting();
    private final ByteArrayOutputStream client = new ByteArrayOutputStream();

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void framesTellTheirStreamAndLength() throws IOException {
        OutputPump pump = new OutputPump(true);
        pump.write(OutputSink.Stream.STDOUT, text("hi"));
        pump.write(OutputSink.Stream.STDERR, text("!"));
        pump.end();
        pump.run(client, attachment);
        assertThat(HexFormat.of().formatHex(client.toByteArray()))
                .isEqualTo("0100000000000002" + "6869" + "0200000000000001" + "21");
    }

    @Test
    void aTerminalsOutputIsRaw() throws IOException {
        OutputPump pump = new OutputPump(false);
        pump.write(OutputSink.Stream.STDOUT, text("hi"));
        pump.end();
        pump.run(client, attachment);
        assertThat(client).hasToString("hi");
    }

    @Test
    void aSlowClientHoldsTheEngineBackUntilItHasCaughtUp() throws IOException {
        OutputPump pump = new OutputPump(false);
        byte[] piece = new byte[64 << 10];
        int pieces = 1;
        while (pump.write(OutputSink.Stream.STDOUT, ByteBuffer.wrap(piece))) {
            pieces++;
        }
        assertThat(pieces).isEqualTo(4);
        pump.end();
        pump.run(client, attachment);
        assertThat(client.size()).isEqualTo(pieces * piece.length);
        assertThat(attachment.resumed).hasValue(1);
    }

    @Test
    void aClientThatIsGoneHoldsNobodyBack() throws IOException {
        OutputPump pump = new OutputPump(false);
        pump.forsake();
        for (int i = 0; i < 100; i++) {
            assertThat(pump.write(OutputSink.Stream.STDOUT, ByteBuffer.wrap(new byte[64 << 10])))
                    .isTrue();
        }
        pump.run(client, attachment);
        assertThat(client.size()).isZero();
    }

    @Test
    void aLogThatFailsSaysSo() throws IOException {
        OutputPump pump = new OutputPump(true);
        pump.fail(EngineException.invalid("the log is broken"));
        pump.run(client, attachment);
        assertThat(client.toByteArray()[0]).isEqualTo((byte) 2);
        assertThat(client.toString(StandardCharsets.UTF_8)).endsWith("Error grabbing logs: the log is broken\n");
    }
}
