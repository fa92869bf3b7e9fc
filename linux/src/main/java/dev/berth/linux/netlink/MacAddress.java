package dev.berth.linux.netlink;

import java.util.HexFormat;

/** The address of an Ethernet interface: six bytes, written {@code 02:42:ac:11:00:02}. */
public record MacAddress(long value) {
    private static final int BYTES = 6;
    private static final HexFormat COLONS = HexFormat.ofDelimiter(":");

    public MacAddress {
        if (value >>> (8 * BYTES) != 0) {
            throw new IllegalArgumentException("a MAC address has 48 bits");
        }
    }

    /**
     * From text, in either case, with colons or hyphens.
     *
     * @throws IllegalArgumentException where it is none
     */
    public static MacAddress parse(String text) {
        try {
            return of(COLONS.parseHex(text.replace('-', ':')));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not a MAC address: " + text, e);
        }
    }

    /** From its six bytes. */
    public static MacAddress of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a MAC address has 6 bytes, not " + bytes.length);
        }
        long value = 0;
        for (byte b : bytes) {
            value = value << 8 | b & 0xff;
        }
        return new MacAddress(value);
    }

    public byte[] bytes() {
        byte[] bytes = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            bytes[i] = (byte) (value >> 8 * (BYTES - 1 - i));
        }
        return bytes;
    }

    /** Whether it is a group's, which no interface can have. */
    public boolean isMulticast() {
        return (value >> 40 & 1) != 0;
    }

    @Override
    public String toString() {
        return COLONS.formatHex(bytes());
    }
}
