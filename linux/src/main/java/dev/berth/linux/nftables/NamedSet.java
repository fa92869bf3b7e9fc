package dev.berth.linux.nftables;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * A set with a name, or a map: looked up in one step, whatever its size.
 *
 * @param key one type, or several that are looked up together
 */
public record NamedSet(String name, List<DataType> key, Content content) {
    private static final int NFT_DATA_VERDICT = 0xffffff00;

    public NamedSet {
        Names.check("set", name);
        key = List.copyOf(key);
        if (key.isEmpty()) {
            throw new IllegalArgumentException("a set needs a type for its key: " + name);
        }
    }

    /** What belongs to a key. */
    public sealed interface Content {
        /** Nothing: it is a set. */
        record Members() implements Content {}

        /** It is a map to verdicts. */
        record Verdicts() implements Content {}

        /** It is a map to values. */
        record Values(List<DataType> types) implements Content {
            public Values {
                types = List.copyOf(types);
            }
        }
    }

    public static NamedSet of(String name, DataType... key) {
        return new NamedSet(name, List.of(key), new Content.Members());
    }

    public static NamedSet verdicts(String name, DataType... key) {
        return new NamedSet(name, List.of(key), new Content.Verdicts());
    }

    public static NamedSet map(String name, List<DataType> key, List<DataType> values) {
        return new NamedSet(name, key, new Content.Values(values));
    }

    boolean isMap() {
        return !(content instanceof Content.Members);
    }

    /** The number that nft(8) reads the type of the data from. */
    int dataType() {
        return switch (content) {
            case Content.Members _ -> 0;
            case Content.Verdicts _ -> NFT_DATA_VERDICT;
            case Content.Values(List<DataType> types) -> DataType.number(types);
        };
    }

    /**
     * What nft(8) needs beyond the types to show the elements: the orders of the bytes of keys and values, each as type,
     * length, number. The kernel keeps it for nft alone.
     */
    byte[] userData() {
        ByteBuffer data = ByteBuffer.allocate(2 * (2 + Integer.BYTES)).order(ByteOrder.nativeOrder());
        data.put((byte) 0).put((byte) Integer.BYTES).putInt(key.getFirst().byteOrder());
        if (content instanceof Content.Values(List<DataType> types)) {
            data.put((byte) 1).put((byte) Integer.BYTES).putInt(types.getFirst().byteOrder());
        }
        return Arrays.copyOf(data.array(), data.position());
    }

    /** What the kernel checks each element's data against; verdicts have a size of their own. */
    int dataBytes() {
        return switch (content) {
            case Content.Members _ -> 0;
            case Content.Verdicts _ -> 4;
            case Content.Values(List<DataType> types) -> DataType.bytes(types);
        };
    }
}
