package dev.berth.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InflowTest {
    private static final int LARGE = 40 << 10;

    private final AtomicInteger asked = new AtomicInteger();
    private final Inflow inflow = new Inflow(2 * LARGE, asked::incrementAndGet);
    private final List<ByteBuf> offered = new ArrayList<>();

    @AfterEach
    void everyBufferWasGivenBack() {
        inflow.close();
        assertThat(offered).allSatisfy(buffer -> assertThat(buffer.refCnt()).isZero());
    }

    @Test
    void whatWasOfferedIsReadInItsOrderAcrossPiecesSmallAndLarge() throws IOException {
        byte[] all = pattern(0, 5 + LARGE + 3);
        offer(Arrays.copyOfRange(all, 0, 5));
        offer(Arrays.copyOfRange(all, 5, 5 + LARGE));
        offer(Arrays.copyOfRange(all, 5 + LARGE, all.length));
        inflow.end();
        assertThat(inflow.available()).isEqualTo(all.length);
        assertThat(inflow.readNBytes(LARGE / 2)).isEqualTo(Arrays.copyOf(all, LARGE / 2));
        ByteBuffer rest = ByteBuffer.allocateDirect(2 * LARGE);
        assertThat(inflow.read(rest)).isEqualTo(all.length - LARGE / 2);
        byte[] read = new byte[rest.flip().remaining()];
        rest.get(read);
        assertThat(read).isEqualTo(Arrays.copyOfRange(all, LARGE / 2, all.length));
        assertThat(inflow.read()).isEqualTo(-1);
    }

    @Test
    void aPieceIsGivenBackOnceItIsRead() throws IOException {
        offer(pattern(1, LARGE));
        offer(pattern(2, LARGE));
        inflow.readNBytes(LARGE);
        assertThat(offered.getFirst().refCnt()).isZero();
        assertThat(offered.getLast().refCnt()).isOne();
    }

    @Test
    void moreIsAskedForOnceHalfOfWhatFillsItIsRead() throws IOException {
        offer(pattern(1, LARGE));
        assertThat(inflow.wantsMore()).isTrue();
        offer(pattern(2, LARGE));
        assertThat(inflow.wantsMore()).isFalse();
        inflow.readNBytes(LARGE - 1);
        assertThat(asked).hasValue(0);
        inflow.readNBytes(1);
        assertThat(asked).hasValue(1);
        inflow.readNBytes(LARGE);
        assertThat(asked).hasValue(1);
    }

    @Test
    void aReaderThatWaitsSeesWhatCame() throws Exception {
        CompletableFuture<byte[]> read = reading();
        offer(pattern(3, 7));
        inflow.wake();
        assertThat(read.get()).isEqualTo(pattern(3, 7));
    }

    @Test
    void aReaderThatWaitsIsToldOfTheClose() {
        CompletableFuture<byte[]> read = reading();
        inflow.close();
        assertThatThrownBy(read::get).hasRootCauseMessage("the stream is closed");
        assertThat(inflow.isOpen()).isFalse();
    }

    @Test
    void aReaderIsToldWhyNoMoreComesAfterWhatCame() throws IOException {
        offer(pattern(4, 9));
        inflow.fail("the client has left");
        assertThat(inflow.readNBytes(9)).isEqualTo(pattern(4, 9));
        assertThatThrownBy(inflow::read).isInstanceOf(BodyException.class).hasMessage("the client has left");
    }

    @Test
    void whatComesAfterTheCloseIsGivenBackAtOnce() {
        inflow.close();
        offer(pattern(5, LARGE));
        offer(pattern(5, 5));
        assertThat(offered).allSatisfy(buffer -> assertThat(buffer.refCnt()).isZero());
        assertThat(inflow.available()).isZero();
    }

    @Test
    void aCloseWhilePiecesAreReadLosesNoBuffer() throws Exception {
        for (int round = 0; round < 200; round++) {
            Inflow one = new Inflow(2 * LARGE, () -> {});
            ByteBuf buffer = Unpooled.wrappedBuffer(pattern(round, LARGE));
            offered.add(buffer);
            one.offer(buffer);
            CompletableFuture<Void> closed = CompletableFuture.runAsync(one::close);
            try {
                assertThat(one.readNBytes(LARGE)).isEqualTo(pattern(round, LARGE));
            } catch (IOException e) {
                assertThat(e).hasMessage("the stream is closed");
            }
            closed.get();
        }
    }

    @Test
    void aDocumentThatDoesNotComeInTimeIsGivenUp() {
        assertThatThrownBy(() -> inflow.readAtMost(100, System.nanoTime() + 1_000_000))
                .isInstanceOf(BodyException.class)
                .hasMessageContaining("did not arrive in time");
    }

    private CompletableFuture<byte[]> reading() {
        CompletableFuture<byte[]> read = new CompletableFuture<>();
        Thread reader = Thread.ofVirtual().start(() -> {
            byte[] into = new byte[100];
            try {
                read.complete(Arrays.copyOf(into, inflow.read(into)));
            } catch (IOException e) {
                read.completeExceptionally(e);
            }
        });
        while (reader.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        return read;
    }

    private void offer(byte[] bytes) {
        ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
        offered.add(buffer);
        inflow.offer(buffer);
    }

    private static byte[] pattern(int seed, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (seed + i * 31);
        }
        return bytes;
    }
}
