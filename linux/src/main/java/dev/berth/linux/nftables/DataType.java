package dev.berth.linux.nftables;

import java.util.List;

/** The types of what sets hold, with nft(8)'s numbers and names for them. The kernel knows only their sizes. */
public enum DataType {
    IPV4_ADDR(7, 4, "ipv4_addr"),
    IPV6_ADDR(8, 16, "ipv6_addr"),
    INET_PROTO(12, 1, "inet_proto"),
    INET_SERVICE(13, 2, "inet_service"),
    IFNAME(41, 16, "ifname");

    private static final int BITS_OF_ONE = 6;

    private final int number;
    private final int bytes;
    private final String word;

    DataType(int number, int bytes, String word) {
        this.number = number;
        this.bytes = bytes;
        this.word = word;
    }

    int bytes() {
        return bytes;
    }

    String word() {
        return word;
    }

    /** How many registers of four bytes it takes. */
    int registers() {
        return (bytes + 3) / 4;
    }

    /** In which order nft(8) takes its bytes to be: 1 the machine's, 2 big endian. */
    int byteOrder() {
        return this == IFNAME ? 1 : 2;
    }

    /** The number of several, one after the other. */
    static int number(List<DataType> types) {
        int number = 0;
        for (DataType type : types) {
            number = number << BITS_OF_ONE | type.number;
        }
        return number;
    }

    /** The size of several, each of which begins at a register of its own. */
    static int bytes(List<DataType> types) {
        return types.size() == 1
                ? types.getFirst().bytes
                : types.stream().mapToInt(type -> type.registers() * 4).sum();
    }
}
