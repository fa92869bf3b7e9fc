package dev.berth.linux.netlink;

import dev.berth.linux.LinuxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The attributes of a message, or those within one of them. Reading one of the wrong size is an error (EBADMSG), an
 * absent one is empty.
 */
public final class Attributes {
    private static final int HEADER_BYTES = 4;
    /** The upper two bits of a type say what its value is. */
    private static final int TYPE_MASK = 0x3fff;

    private final List<Attribute> all;

    private Attributes(List<Attribute> all) {
        this.all = all;
    }

    private record Attribute(int type, ByteBuffer value) {}

    /**
     * Takes apart a sequence of attributes.
     *
     * @throws LinuxException with EBADMSG where it is none
     */
    static Attributes parse(ByteBuffer region) {
        List<Attribute> all = new ArrayList<>();
        int at = 0;
        while (at < region.limit()) {
            int left = region.limit() - at;
            if (left < HEADER_BYTES) {
                throw Message.malformed("it ends within the header of an attribute");
            }
            int length = region.getShort(at) & 0xffff;
            int type = region.getShort(at + 2) & TYPE_MASK;
            if (length < HEADER_BYTES || length > left) {
                throw Message.malformed(
                        "attribute " + type + " says that it has " + length + " bytes, where " + left + " are left");
            }
            all.add(new Attribute(type, Message.slice(region, at + HEADER_BYTES, length - HEADER_BYTES)));
            at += Message.aligned(length);
        }
        return new Attributes(List.copyOf(all));
    }

    public boolean has(int type) {
        return find(type).isPresent();
    }

    /** A copy of the value. */
    public Optional<byte[]> bytes(int type) {
        return find(type).map(Attributes::copy);
    }

    /** Text, up to its end or a zero. */
    public Optional<String> string(int type) {
        return bytes(type).map(text -> {
            int end = 0;
            while (end < text.length && text[end] != 0) {
                end++;
            }
            return new String(text, 0, end, StandardCharsets.UTF_8);
        });
    }

    public OptionalInt u8(int type) {
        return number(type, 1).map(v -> OptionalInt.of(v.get(0) & 0xff)).orElseGet(OptionalInt::empty);
    }

    public OptionalInt u32(int type) {
        return number(type, 4).map(v -> OptionalInt.of(v.getInt(0))).orElseGet(OptionalInt::empty);
    }

    /** A 16-bit number, big endian. */
    public OptionalInt be16(int type) {
        return number(type, 2)
                .map(v -> OptionalInt.of(v.order(ByteOrder.BIG_ENDIAN).getShort(0) & 0xffff))
                .orElseGet(OptionalInt::empty);
    }

    /** A 32-bit number, big endian. */
    public OptionalInt be32(int type) {
        return number(type, 4)
                .map(v -> OptionalInt.of(v.order(ByteOrder.BIG_ENDIAN).getInt(0)))
                .orElseGet(OptionalInt::empty);
    }

    /** A 64-bit number, big endian. */
    public Optional<Long> be64(int type) {
        return number(type, 8).map(v -> v.order(ByteOrder.BIG_ENDIAN).getLong(0));
    }

    /** The attributes within one; none where it is absent. */
    public Attributes nested(int type) {
        return find(type).map(Attributes::parse).orElseGet(() -> new Attributes(List.of()));
    }

    /** The attributes within each of this type, in their order. */
    public List<Attributes> each(int type) {
        return all.stream()
                .filter(attribute -> attribute.type == type)
                .map(attribute -> parse(attribute.value))
                .toList();
    }

    private Optional<ByteBuffer> number(int type, int size) {
        Optional<ByteBuffer> value = find(type);
        value.ifPresent(bytes -> {
            if (bytes.limit() != size) {
                throw Message.malformed("attribute " + type + " has " + bytes.limit() + " bytes, where a number of "
                        + size + " belongs");
            }
        });
        return value.map(bytes -> Message.slice(bytes, 0, size));
    }

    /** As the kernel does it, the last of a type counts. */
    private Optional<ByteBuffer> find(int type) {
        return all.stream()
                .filter(attribute -> attribute.type == type)
                .map(Attribute::value)
                .reduce((first, second) -> second);
    }

    private static byte[] copy(ByteBuffer value) {
        byte[] bytes = new byte[value.limit()];
        value.get(0, bytes);
        return bytes;
    }
}
