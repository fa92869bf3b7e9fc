package dev.berth.linux.netlink;

import dev.berth.linux.LinuxException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * An address and how many of its first bits are the network's: {@code 172.17.0.2/16}. The bits after these may be set,
 * as in an interface's address, or not, as in a network's.
 */
public record IpPrefix(InetAddress address, int length) {
    public IpPrefix {
        int bits = address.getAddress().length * 8;
        if (length < 0 || length > bits) {
            throw new IllegalArgumentException(
                    "the prefix of " + address.getHostAddress() + " has 0 to " + bits + " bits, not " + length);
        }
    }

    /**
     * From text; without a length it is all the address's bits. Names are not looked up.
     *
     * @throws IllegalArgumentException where it is none
     */
    public static IpPrefix parse(String text) {
        int slash = text.indexOf('/');
        InetAddress address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
        if (slash < 0) {
            return host(address);
        }
        try {
            return new IpPrefix(address, Integer.parseInt(text.substring(slash + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not an address with the length of its prefix: " + text, e);
        }
    }

    /** One address alone. */
    public static IpPrefix host(InetAddress address) {
        return new IpPrefix(address, address.getAddress().length * 8);
    }

    public IpFamily family() {
        return IpFamily.of(address);
    }

    /** The first address: the bits after the prefix are zero. */
    public IpPrefix network() {
        return new IpPrefix(withHostBits(0), length);
    }

    /** The last address, which is an IPv4 network's broadcast. */
    public InetAddress last() {
        return withHostBits(0xff);
    }

    public boolean contains(InetAddress other) {
        return IpFamily.of(other) == family()
                && new IpPrefix(other, length)
                        .network()
                        .address()
                        .equals(network().address());
    }

    private InetAddress withHostBits(int fill) {
        byte[] bytes = address.getAddress();
        for (int i = 0; i < bytes.length; i++) {
            int mask = 0xff00 >> Math.clamp(length - 8L * i, 0, 8) & 0xff;
            bytes[i] = (byte) (bytes[i] & mask | fill & ~mask);
        }
        return address(bytes);
    }

    /**
     * An address of 4 or 16 bytes; 16 are always IPv6, also where an IPv4 address is mapped into them.
     *
     * @throws LinuxException with EBADMSG where it has another length
     */
    public static InetAddress address(byte[] bytes) {
        try {
            return bytes.length == 16 ? Inet6Address.getByAddress(null, bytes, -1) : Inet4Address.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw Message.malformed("an address has " + bytes.length + " bytes");
        }
    }

    /** An address as it is usually written: of IPv6 the longest run of zeros is left out (RFC 5952). */
    public static String text(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == 4) {
            return address.getHostAddress();
        }
        int[] groups = new int[8];
        for (int i = 0; i < groups.length; i++) {
            groups[i] = (bytes[2 * i] & 0xff) << 8 | bytes[2 * i + 1] & 0xff;
        }
        int zeros = 0;
        int start = -1;
        for (int i = 0; i < groups.length; i++) {
            int run = i;
            while (run < groups.length && groups[run] == 0) {
                run++;
            }
            if (run - i > Math.max(zeros, 1)) {
                zeros = run - i;
                start = i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < groups.length; i++) {
            if (i == start) {
                text.append("::");
                i += zeros - 1;
            } else {
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }

    /** With the length, also where it is all the address's bits. */
    @Override
    public String toString() {
        return text(address) + "/" + length;
    }
}
