package dev.berth.linux.asm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The bytes of a program as it grows, and the places in them that wait for a label. */
final class Code {
    private ByteBuffer buffer = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
    private final List<Reference> references = new ArrayList<>();

    /** Writes into the instruction at {@code at} how to reach {@code target}, both from the start of the code. */
    interface Patch {
        void apply(ByteBuffer code, int at, int target);
    }

    private record Reference(int at, Label label, Patch patch) {}

    int position() {
        return buffer.position();
    }

    void bytes(int... bytes) {
        for (int b : bytes) {
            room(1).put((byte) b);
        }
    }

    void bytes(byte[] bytes) {
        room(bytes.length).put(bytes);
    }

    void int32(int value) {
        room(4).putInt(value);
    }

    void int64(long value) {
        room(8).putLong(value);
    }

    void align(int alignment) {
        while (position() % alignment != 0) {
            bytes(0);
        }
    }

    void bind(Label label) {
        if (label.offset != Label.UNBOUND) {
            throw new IllegalStateException("a label is bound twice");
        }
        label.offset = position();
    }

    /** Has the patch applied at {@code at} once all labels are known. */
    void reference(int at, Label label, Patch patch) {
        references.add(new Reference(at, label, patch));
    }

    byte[] toBytes() {
        for (Reference reference : references) {
            reference.patch.apply(buffer, reference.at, reference.label.offset());
        }
        return Arrays.copyOf(buffer.array(), position());
    }

    private ByteBuffer room(int bytes) {
        if (buffer.remaining() < bytes) {
            ByteBuffer larger = ByteBuffer.allocate(Math.max(2 * buffer.capacity(), position() + bytes))
                    .order(ByteOrder.LITTLE_ENDIAN);
            buffer = larger.put(buffer.flip());
        }
        return buffer;
    }
}
