package dev.berth.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunksTest {
    private static final String CODED =
            "5\r\nhello\r\n1;name=value\r\n,\r\n0007 \r\n world!\r\n0\r\nTrailer: x\r\n\r\n";

    @Test
    void aBodyIsTheSameHoweverItIsCut() throws Exception {
        Random random = new Random(1);
        for (int round = 0; round < 200; round++) {
            Chunks chunks = new Chunks();
            ByteBuffer from = bytes(CODED + "GET /next");
            int end = from.limit();
            StringBuilder body = new StringBuilder();
            while (!chunks.isOver()) {
                from.limit(Math.min(end, from.position() + 1 + random.nextInt(6)));
                while (from.hasRemaining() && !chunks.isOver()) {
                    ByteBuffer into = ByteBuffer.allocate(1 + random.nextInt(4));
                    chunks.decode(from, into);
                    body.append(text(into.flip()));
                }
            }
            assertThat(body.toString()).isEqualTo("hello, world!");
            from.limit(end);
            assertThat(text(from)).as("what comes after it").isEqualTo("GET /next");
        }
    }

    @Test
    void nothingIsTakenForWhichThereIsNoRoom() throws Exception {
        Chunks chunks = new Chunks();
        ByteBuffer from = bytes(CODED);
        chunks.decode(from, ByteBuffer.allocate(0));
        assertThat(text(from.duplicate())).startsWith("hello\r\n1;");
        chunks.decode(from, ByteBuffer.allocate(3));
        assertThat(text(from)).startsWith("lo\r\n1;");
    }

    @Test
    void linesMayEndWithoutACarriageReturn() throws Exception {
        Chunks chunks = new Chunks();
        ByteBuffer into = ByteBuffer.allocate(10);
        chunks.decode(bytes("2\nab\n0\n\n"), into);
        assertThat(text(into.flip())).isEqualTo("ab");
        assertThat(chunks.isOver()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n",
                "x\r\n",
                "-1\r\n",
                "+1\r\na\r\n",
                "0x1\r\n",
                "1 1\r\n",
                "ffffffffffffffff\r\n",
                "8000000000000000\r\n",
                "\u0661\r\n",
                "1\r\nab\r\n0\r\n\r\n",
                "2\r\na\r\n\r\n0\r\n\r\n"
            })
    void whatIsNotSoCodedIsRefused(String coded) {
        assertThatThrownBy(() -> new Chunks().decode(bytes(coded), ByteBuffer.allocate(100)))
                .isInstanceOf(BodyException.class)
                .hasMessage("the request's body is malformed");
    }

    @Test
    void linesWithoutAnEndAndTrailersWithoutAnEndAreRefused() {
        assertThatThrownBy(() -> new Chunks().decode(bytes("1;" + "x".repeat(5000)), ByteBuffer.allocate(1)))
                .isInstanceOf(BodyException.class);
        String trailers = "A: b\r\n".repeat(20_000);
        assertThatThrownBy(() -> new Chunks().decode(bytes("0\r\n" + trailers), ByteBuffer.allocate(1)))
                .isInstanceOf(BodyException.class);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.ISO_8859_1.decode(bytes).toString();
    }
}
