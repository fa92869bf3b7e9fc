package dev.berth.linux.nftables;

import dev.berth.linux.netlink.IpFamily;
import dev.berth.linux.netlink.MessageBuilder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/**
 * One instruction of the kernel's: loads something into a register, compares, or acts ({@code nft --debug=netlink}).
 *
 * @param name the kernel's name of it
 * @param data puts its attributes
 */
record Expression(String name, Consumer<MessageBuilder> data) {
    /** NFT_REG32_00: the first of sixteen registers of four bytes. Longer values take several in a row. */
    static final int FIRST_REGISTER = 8;

    static final int META_IIFNAME = 6;
    static final int META_OIFNAME = 7;
    static final int META_NFPROTO = 15;
    static final int META_L4PROTO = 16;

    static final int CT_STATE = 0;
    static final int CT_STATUS = 2;

    static final int EQUAL = 0;
    static final int NOT_EQUAL = 1;
    static final int AT_MOST = 3;
    static final int AT_LEAST = 5;

    private static final int VERDICT_REGISTER = 0;
    private static final int NETWORK_HEADER = 1;
    private static final int TRANSPORT_HEADER = 2;
    private static final int NFTA_DATA_VALUE = 1;

    static Expression meta(int key, int register) {
        return new Expression("meta", data -> data.putBe32(2, key).putBe32(1, register));
    }

    static Expression ct(int key) {
        return new Expression("ct", data -> data.putBe32(2, key).putBe32(1, FIRST_REGISTER));
    }

    static Expression network(int offset, int bytes, int register) {
        return payload(NETWORK_HEADER, offset, bytes, register);
    }

    static Expression transport(int offset, int bytes, int register) {
        return payload(TRANSPORT_HEADER, offset, bytes, register);
    }

    private static Expression payload(int base, int offset, int bytes, int register) {
        return new Expression(
                "payload",
                data -> data.putBe32(1, register)
                        .putBe32(2, base)
                        .putBe32(3, offset)
                        .putBe32(4, bytes));
    }

    /**
     * Writes the first register over so many bytes of the transport protocol's header.
     *
     * @param checksumOffset where that header has its checksum, which is put right
     */
    static Expression writeTransport(int offset, int bytes, int checksumOffset) {
        int internetChecksum = 1;
        return new Expression(
                "payload",
                data -> data.putBe32(5, FIRST_REGISTER)
                        .putBe32(2, TRANSPORT_HEADER)
                        .putBe32(3, offset)
                        .putBe32(4, bytes)
                        .putBe32(6, internetChecksum)
                        .putBe32(7, checksumOffset)
                        .putBe32(8, 0));
    }

    /** The type of the destination's address (local, broadcast, …), as the routes have it. */
    static Expression fibDestinationType() {
        int addressType = 3;
        int ofDestination = 2;
        return new Expression(
                "fib",
                data -> data.putBe32(1, FIRST_REGISTER).putBe32(2, addressType).putBe32(3, ofDestination));
    }

    /** Goes on with the rule only if the comparison with the first registers holds. */
    static Expression compare(int operation, byte[] value) {
        return new Expression(
                "cmp",
                data -> data.putBe32(1, FIRST_REGISTER)
                        .putBe32(2, operation)
                        .nested(3, nested -> nested.put(NFTA_DATA_VALUE, value)));
    }

    /** Clears the bits of the first registers that the mask has not. */
    static Expression mask(byte[] mask) {
        return new Expression(
                "bitwise",
                data -> data.putBe32(1, FIRST_REGISTER)
                        .putBe32(2, FIRST_REGISTER)
                        .putBe32(3, mask.length)
                        .nested(4, nested -> nested.put(NFTA_DATA_VALUE, mask))
                        .nested(5, nested -> nested.put(NFTA_DATA_VALUE, new byte[mask.length])));
    }

    /** Goes on only if the first registers are in a set, or are not. */
    static Expression member(String set, boolean inverted) {
        return new Expression("lookup", data -> {
            data.putString(1, set).putBe32(2, FIRST_REGISTER);
            if (inverted) {
                data.putBe32(5, 1);
            }
        });
    }

    /** Puts what a map has for the first registers into them; goes on only if it has something. */
    static Expression value(String map) {
        return new Expression(
                "lookup",
                data -> data.putString(1, map).putBe32(2, FIRST_REGISTER).putBe32(3, FIRST_REGISTER));
    }

    /** Carries out the verdict that a map has for the first registers. */
    static Expression verdict(String map) {
        return new Expression(
                "lookup",
                data -> data.putString(1, map).putBe32(2, FIRST_REGISTER).putBe32(3, VERDICT_REGISTER));
    }

    static Expression immediate(int register, byte[] value) {
        return new Expression(
                "immediate", data -> data.putBe32(1, register).nested(2, nested -> nested.put(NFTA_DATA_VALUE, value)));
    }

    static Expression verdict(Verdict verdict) {
        return new Expression(
                "immediate", data -> data.putBe32(1, VERDICT_REGISTER).nested(2, verdict::put));
    }

    /**
     * Translates an address, and a port where there is one, which are in registers: the address in the first, the port
     * after it.
     */
    static Expression nat(boolean ofDestination, IpFamily family, boolean withPort) {
        return new Expression("nat", data -> {
            data.putBe32(1, ofDestination ? 1 : 0).putBe32(2, family.number()).putBe32(3, FIRST_REGISTER);
            if (withPort) {
                data.putBe32(5, FIRST_REGISTER + family.addressBytes() / 4);
            }
        });
    }

    static Expression masquerade() {
        return new Expression("masq", _ -> {});
    }

    /** To the port in the first register, of the interface that the packet came by. */
    static Expression redirect() {
        return new Expression("redir", data -> data.putBe32(1, FIRST_REGISTER));
    }

    static Expression counter() {
        return new Expression("counter", _ -> {});
    }

    /** Tells the sender that the port can't be reached, in the words of its family. */
    static Expression reject() {
        int icmpUnreachable = 2;
        int port = 1;
        return new Expression("reject", data -> data.putBe32(1, icmpUnreachable).put8(2, port));
    }

    /** A number in the machine's order. */
    static byte[] number(int value) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.nativeOrder())
                .putInt(value)
                .array();
    }
}
