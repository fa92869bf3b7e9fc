package dev.berth.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.linux.Errno;
import dev.berth.linux.LinuxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Messages that are built are read back, and what is no message is an error that says so and nothing else. */
class MessageProperties {
    @Property
    void whatIsPutIsReadBack(
            @ForAll @IntRange(max = 0xffff) int type,
            @ForAll int number,
            @ForAll long large,
            @ForAll @Size(max = 300) byte[] value,
            @ForAll @Size(max = 20) List<@Size(max = 9) byte[]> list) {
        byte[] bytes = new MessageBuilder(type, 0)
                .u8(number)
                .u8(0)
                .u16(number)
                .u32(number)
                .put32(1, number)
                .putBe32(2, number)
                .putBe64(3, large)
                .put(4, value)
                .nested(5, nested -> list.forEach(one -> nested.nested(1, element -> element.put(7, one))))
                .putString(6, "berth0")
                .finish(0, number);
        List<Message> messages = Message.parse(ByteBuffer.wrap(bytes));
        assertThat(messages).hasSize(1);
        Message message = messages.getFirst();
        assertThat(message.type()).isEqualTo(type);
        assertThat(message.sequence()).isEqualTo(number);
        assertThat(message.u8(0)).isEqualTo(number & 0xff);
        assertThat(message.u16(2)).isEqualTo(number & 0xffff);
        assertThat(message.u32(4)).isEqualTo(number);
        Attributes attributes = message.attributes(8);
        assertThat(attributes.u32(1)).hasValue(number);
        assertThat(attributes.be32(2)).hasValue(number);
        assertThat(attributes.be64(3)).contains(large);
        assertThat(attributes.bytes(4))
                .hasValueSatisfying(found -> assertThat(found).isEqualTo(value));
        assertThat(attributes.string(6)).contains("berth0");
        List<byte[]> found = attributes.nested(5).each(1).stream()
                .map(element -> element.bytes(7).orElseThrow())
                .toList();
        assertThat(found).hasSize(list.size());
        for (int i = 0; i < list.size(); i++) {
            assertThat(found.get(i)).isEqualTo(list.get(i));
        }
    }

    @Property
    void bytesOfAnyKindAreReadOrRefused(@ForAll @Size(max = 400) byte[] bytes) {
        readOrRefuse(bytes);
    }

    /** A real one of which some bytes are changed and the end is cut off. */
    @Property
    void aDamagedMessageIsReadOrRefused(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] bytes = realistic();
        for (int i = random.nextInt(8); i >= 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        readOrRefuse(Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
    }

    @Example
    void aMessageCutOffAnywhereIsRefusedAndSaysWhy() {
        byte[] bytes = realistic();
        for (int length = 1; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> Message.parse(ByteBuffer.wrap(cut)))
                    .isInstanceOfSatisfying(
                            LinuxException.class,
                            e -> assertThat(e.is(Errno.EBADMSG)).isTrue())
                    .hasMessageStartingWith("read what netlink answered: bad message (EBADMSG): ");
        }
    }

    @Example
    void lengthsThatLieAreRefused() {
        for (int length : new int[] {0, 3, 9, 0xffff}) {
            byte[] bytes = new MessageBuilder(16, 0).put32(1, 0).finish(0, 1);
            number(bytes).putShort(16, (short) length);
            assertThatThrownBy(() ->
                            Message.parse(ByteBuffer.wrap(bytes)).getFirst().attributes(0))
                    .hasMessageContaining("attribute 1 says that it has " + length + " bytes, where 8 are left");
        }
        for (int length : new int[] {0, 15, 25, Integer.MAX_VALUE, -1}) {
            byte[] bytes = new MessageBuilder(16, 0).put32(1, 0).finish(0, 1);
            number(bytes).putInt(0, length);
            assertThatThrownBy(() -> Message.parse(ByteBuffer.wrap(bytes)))
                    .hasMessageContaining(
                            "a message says that it has " + Integer.toUnsignedString(length) + " bytes of 24");
        }
    }

    @Example
    void aNumberOfTheWrongSizeIsRefused() {
        byte[] bytes = new MessageBuilder(16, 0).put16(1, 7).finish(0, 1);
        assertThatThrownBy(() -> Message.parse(ByteBuffer.wrap(bytes))
                        .getFirst()
                        .attributes(0)
                        .u32(1))
                .hasMessageContaining("attribute 1 has 2 bytes, where a number of 4 belongs");
    }

    @Example
    void aValueThatIsTooLongIsNotPut() {
        MessageBuilder message = new MessageBuilder(16, 0);
        message.put(1, new byte[MessageBuilder.ATTRIBUTE_BYTES_MAX]);
        assertThatThrownBy(() -> message.put(1, new byte[MessageBuilder.ATTRIBUTE_BYTES_MAX + 1]))
                .hasMessage("a value of 65532 bytes doesn't fit into a netlink attribute, which holds 65531");
        assertThatThrownBy(() -> message.nested(
                        2, nested -> nested.put(1, new byte[40_000]).put(2, new byte[40_000])))
                .hasMessageContaining("don't fit into a netlink attribute");
        assertThatThrownBy(() -> new MessageBuilder(16, 0).putString(1, "a\0b"))
                .hasMessage("a name for the kernel has a zero in it");
    }

    @Example
    void aRefusalIsExplainedInTheKernelsWords() {
        int capped = 0x100;
        int explained = 0x200;
        byte[] bytes = new MessageBuilder(2, capped | explained)
                .u32(-22)
                .u32(16)
                .u32(0)
                .u32(0)
                .u32(0)
                .putString(1, "no such thing")
                .finish(0, 1);
        Message error = Message.parse(ByteBuffer.wrap(bytes)).getFirst();
        assertThat(NetlinkSocket.refusal(error, "do it")).hasMessage("do it: invalid argument (EINVAL): no such thing");
    }

    @Example
    void aRefusalAtTheEndOfAnAnswerIsExplainedToo() {
        int done = 3;
        int explained = 0x200;
        byte[] bytes = new MessageBuilder(done, explained)
                .u32(-95)
                .putString(1, "not this way")
                .finish(0, 1);
        assertThat(NetlinkSocket.refusal(Message.parse(ByteBuffer.wrap(bytes)).getFirst(), "list"))
                .hasMessage("list: operation not supported (EOPNOTSUPP): not this way");
    }

    private static byte[] realistic() {
        return new MessageBuilder(16, 0)
                .u32(0)
                .u32(7)
                .u32(1)
                .u32(0)
                .putString(3, "berth0")
                .put32(4, 1500)
                .put(1, new byte[6])
                .nested(
                        18,
                        info -> info.putString(1, "bridge")
                                .nested(2, data -> data.put32(4, 1).put8(23, 1)))
                .finish(0, 5);
    }

    private static void readOrRefuse(byte[] bytes) {
        List<Consumer<Message>> readers = List.of(
                message -> message.attributes(0),
                Links::read,
                Addresses::read,
                Routes::read,
                Neighbours::read,
                message -> NetlinkSocket.refusal(message, "do it"),
                message -> message.attributes(4)
                        .nested(4)
                        .each(1)
                        .forEach(e -> e.nested(2).be64(2)));
        List<Message> messages;
        try {
            messages = Message.parse(ByteBuffer.wrap(bytes));
        } catch (LinuxException e) {
            assertThat(e.is(Errno.EBADMSG)).isTrue();
            return;
        }
        for (Message message : messages) {
            for (Consumer<Message> reader : readers) {
                try {
                    reader.accept(message);
                } catch (LinuxException e) {
                    assertThat(e.is(Errno.EBADMSG)).isTrue();
                }
            }
        }
    }

    private static ByteBuffer number(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }
}
