package dev.berth.network.address;

import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * The hardware address of an Ethernet interface.
 *
 * @param value its 48 bits
 */
public record MacAddress(long value) {
    /** What Docker's addresses begin with: of one interface, and given by whoever runs the network. */
    private static final long DOCKER = 0x0242L << 32;

    private static final long LOCAL = 0x02L << 40;
    private static final long GROUP = 0x01L << 40;
    private static final long ALL = (1L << 48) - 1;
    private static final Pattern TEXT = Pattern.compile("[0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){5}|(?:-[0-9A-Fa-f]{2}){5})");

    public MacAddress {
        if ((value & ~ALL) != 0) {
            throw new IllegalArgumentException("no hardware address: " + value);
        }
    }

    /** {@code 02:42:ac:11:00:02}, or with hyphens; nothing where it is none. */
    public static Optional<MacAddress> parse(String text) {
        return TEXT.matcher(text).matches()
                ? Optional.of(new MacAddress(HexFormat.fromHexDigitsToLong(text.replaceAll("[:-]", ""))))
                : Optional.empty();
    }

    /** Docker's for this address: {@code 02:42:} and the address's bytes, so that no two in a network are alike. */
    public static MacAddress of(IpAddress ipv4) {
        if (ipv4.family() != Family.IPV4) {
            throw new IllegalArgumentException(ipv4 + " does not fit into a hardware address");
        }
        return new MacAddress(DOCKER | ipv4.value().longValueExact());
    }

    /** One that is no group's and no manufacturer's. */
    public static MacAddress random(RandomGenerator random) {
        return new MacAddress(random.nextLong() & ALL & ~GROUP | LOCAL);
    }

    /** Whether it stands for many interfaces, so that none can have it. */
    public boolean isGroup() {
        return (value & GROUP) != 0;
    }

    /** Its six bytes, as they are sent. */
    public byte[] bytes() {
        return HexFormat.of().parseHex(HexFormat.of().toHexDigits(value, 12));
    }

    @Override
    public String toString() {
        return HexFormat.ofDelimiter(":").formatHex(bytes());
    }
}
