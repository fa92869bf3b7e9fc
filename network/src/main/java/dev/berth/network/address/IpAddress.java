package dev.berth.network.address;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An address of either family. IPv4 ones mapped into IPv6 are IPv4; there are no zones. IPv4 comes before IPv6 in order.
 *
 * @param value the address as an unsigned number
 */
public record IpAddress(Family family, BigInteger value) implements Comparable<IpAddress> {
    public static final IpAddress ANY_IPV4 = new IpAddress(Family.IPV4, BigInteger.ZERO);
    public static final IpAddress ANY_IPV6 = new IpAddress(Family.IPV6, BigInteger.ZERO);

    /** Four numbers without leading zeros, which some read as octal. */
    private static final Pattern DOTTED =
            Pattern.compile("(0|[1-9]\\d{0,2})\\.(0|[1-9]\\d{0,2})\\.(0|[1-9]\\d{0,2})\\.(0|[1-9]\\d{0,2})");

    private static final Pattern COLONS = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
    private static final int LONGEST_TEXT = 45;

    public IpAddress {
        if (value.signum() < 0 || value.bitLength() > family.bits()) {
            throw new IllegalArgumentException(value + " is no " + family + " address");
        }
    }

    /** The address that a text says, or nothing where it says none. No name is ever looked up. */
    public static Optional<IpAddress> parse(String text) {
        if (text.length() > LONGEST_TEXT) {
            return Optional.empty();
        }
        Matcher dotted = DOTTED.matcher(text);
        if (dotted.matches()) {
            byte[] bytes = new byte[4];
            for (int i = 0; i < bytes.length; i++) {
                int part = Integer.parseInt(dotted.group(i + 1));
                if (part > 255) {
                    return Optional.empty();
                }
                bytes[i] = (byte) part;
            }
            return Optional.of(of(bytes));
        }
        if (!COLONS.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(of(InetAddress.ofLiteral(text)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * The address that a text is known to say.
     *
     * @throws IllegalArgumentException where it does not
     */
    public static IpAddress of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException("no address: " + text));
    }

    /**
     * The address of these bytes.
     *
     * @param bytes four or sixteen, in network order
     */
    public static IpAddress of(byte[] bytes) {
        return switch (bytes.length) {
            case 4 -> new IpAddress(Family.IPV4, new BigInteger(1, bytes));
            case 16 ->
                isMapped(bytes)
                        ? of(Arrays.copyOfRange(bytes, 12, 16))
                        : new IpAddress(Family.IPV6, new BigInteger(1, bytes));
            default -> throw new IllegalArgumentException("an address has no " + bytes.length + " bytes");
        };
    }

    public static IpAddress of(InetAddress address) {
        return of(address.getAddress());
    }

    private static boolean isMapped(byte[] bytes) {
        for (int i = 0; i < 10; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return bytes[10] == -1 && bytes[11] == -1;
    }

    /** Four or sixteen, in network order. */
    public byte[] bytes() {
        byte[] bytes = new byte[family.bits() / 8];
        byte[] number = value.toByteArray();
        int length = Math.min(number.length, bytes.length);
        System.arraycopy(number, number.length - length, bytes, bytes.length - length, length);
        return bytes;
    }

    public InetAddress inet() {
        try {
            return InetAddress.getByAddress(bytes());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of a length that no address has", e);
        }
    }

    /** The address so many further. */
    public IpAddress plus(long distance) {
        return new IpAddress(family, value.add(BigInteger.valueOf(distance)));
    }

    /** {@code 0.0.0.0} or {@code ::}. */
    public boolean isAny() {
        return value.signum() == 0;
    }

    /** {@code 127.0.0.0/8} or {@code ::1}. */
    public boolean isLoopback() {
        return family == Family.IPV4 ? value.shiftRight(24).intValue() == 127 : value.equals(BigInteger.ONE);
    }

    /** The name under which DNS knows who has the address: {@code 2.0.17.172.in-addr.arpa.} */
    public String reverseName() {
        byte[] bytes = bytes();
        StringBuilder name = new StringBuilder();
        for (int i = bytes.length - 1; i >= 0; i--) {
            int octet = bytes[i] & 0xff;
            if (family == Family.IPV4) {
                name.append(octet).append('.');
            } else {
                name.append(Character.forDigit(octet & 0xf, 16)).append('.');
                name.append(Character.forDigit(octet >> 4, 16)).append('.');
            }
        }
        return name.append(family == Family.IPV4 ? "in-addr.arpa." : "ip6.arpa.")
                .toString();
    }

    @Override
    public int compareTo(IpAddress other) {
        int byFamily = family.compareTo(other.family);
        return byFamily != 0 ? byFamily : value.compareTo(other.value);
    }

    /** As RFC 5952 has it: {@code 172.17.0.2}, {@code fd00::2}. */
    @Override
    public String toString() {
        byte[] bytes = bytes();
        if (family == Family.IPV4) {
            return (bytes[0] & 0xff) + "." + (bytes[1] & 0xff) + "." + (bytes[2] & 0xff) + "." + (bytes[3] & 0xff);
        }
        int[] groups = new int[8];
        for (int i = 0; i < groups.length; i++) {
            groups[i] = ((bytes[2 * i] & 0xff) << 8) | (bytes[2 * i + 1] & 0xff);
        }
        return colons(groups);
    }

    /** The first of the longest runs of at least two zeros is left out. */
    private static String colons(int[] groups) {
        int from = -1;
        int length = 1;
        for (int i = 0; i < groups.length; i++) {
            int run = 0;
            while (i + run < groups.length && groups[i + run] == 0) {
                run++;
            }
            if (run > length) {
                from = i;
                length = run;
            }
            i += run;
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < groups.length; i++) {
            if (i == from) {
                text.append("::");
                i += length - 1;
                continue;
            }
            if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }
}
