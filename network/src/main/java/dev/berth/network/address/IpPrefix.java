package dev.berth.network.address;

import java.math.BigInteger;
import java.util.Optional;

/** A block of addresses, {@code 172.17.0.0/16}; or an address with the block that it is in, {@code 172.17.0.2/16}. */
public record IpPrefix(IpAddress address, int bits) implements Comparable<IpPrefix> {
    public IpPrefix {
        if (bits < 0 || bits > address.family().bits()) {
            throw new IllegalArgumentException(address + " has no prefix of " + bits + " bits");
        }
    }

    /** The prefix that a text says, its address as it is written; or nothing where it says none. */
    public static Optional<IpPrefix> parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return Optional.empty();
        }
        String bits = text.substring(slash + 1);
        if (!bits.matches("0|[1-9]\\d{0,2}")) {
            return Optional.empty();
        }
        int length = Integer.parseInt(bits);
        return IpAddress.parse(text.substring(0, slash))
                .filter(address -> length <= address.family().bits())
                .map(address -> new IpPrefix(address, length));
    }

    /**
     * The prefix that a text is known to say.
     *
     * @throws IllegalArgumentException where it does not
     */
    public static IpPrefix of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException("no prefix: " + text));
    }

    /** The prefix that holds this address alone. */
    public static IpPrefix ofOne(IpAddress address) {
        return new IpPrefix(address, address.family().bits());
    }

    /** The same for the kernel's interfaces. */
    public dev.berth.linux.netlink.IpPrefix forLink() {
        return new dev.berth.linux.netlink.IpPrefix(address.inet(), bits);
    }

    public Family family() {
        return address.family();
    }

    /** The block without the bits of an address in it. */
    public IpPrefix masked() {
        return new IpPrefix(first(), bits);
    }

    public IpAddress first() {
        int free = freeBits();
        return new IpAddress(family(), address.value().shiftRight(free).shiftLeft(free));
    }

    public IpAddress last() {
        return new IpAddress(family(), first().value().add(size()).subtract(BigInteger.ONE));
    }

    /** How many addresses there are in it. */
    public BigInteger size() {
        return BigInteger.ONE.shiftLeft(freeBits());
    }

    /** The bits that tell the block's addresses apart. */
    public int freeBits() {
        return family().bits() - bits;
    }

    public boolean contains(IpAddress other) {
        return other.family() == family()
                && other.value().shiftRight(freeBits()).equals(address.value().shiftRight(freeBits()));
    }

    /** Whether all addresses of the other are in this. */
    public boolean contains(IpPrefix other) {
        return other.bits >= bits && contains(other.address);
    }

    /** Whether some address is in both. */
    public boolean overlaps(IpPrefix other) {
        return contains(other) || other.contains(this);
    }

    @Override
    public int compareTo(IpPrefix other) {
        int byAddress = address.compareTo(other.address);
        return byAddress != 0 ? byAddress : Integer.compare(bits, other.bits);
    }

    @Override
    public String toString() {
        return address + "/" + bits;
    }
}
