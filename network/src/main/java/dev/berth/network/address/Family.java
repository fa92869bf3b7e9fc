package dev.berth.network.address;

/** The two kinds of addresses. */
public enum Family {
    IPV4(32),
    IPV6(128);

    private final int bits;

    Family(int bits) {
        this.bits = bits;
    }

    /** The length of an address in bits. */
    public int bits() {
        return bits;
    }

    /** {@code IPv4} or {@code IPv6}. */
    @Override
    public String toString() {
        return this == IPV4 ? "IPv4" : "IPv6";
    }
}
