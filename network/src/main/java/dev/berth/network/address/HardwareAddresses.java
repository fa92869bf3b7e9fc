package dev.berth.network.address;

import dev.berth.linux.netlink.MacAddress;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/** The hardware addresses that endpoints are given which ask for none. */
public final class HardwareAddresses {
    /** What Docker's addresses begin with: of one interface, and given by whoever runs the network. */
    private static final long DOCKER = 0x0242L << 32;

    private static final long LOCAL = 0x02L << 40;
    private static final long GROUP = 0x01L << 40;
    private static final long ALL = (1L << 48) - 1;

    private HardwareAddresses() {}

    /**
     * Docker's for this IPv4 address: {@code 02:42:} and the address's bytes, so that no two in a network are alike, and an
     * address that changes hands is found at once by those who remember where it was.
     */
    public static MacAddress of(IpAddress ipv4) {
        return new MacAddress(
                DOCKER | Integer.toUnsignedLong(ByteBuffer.wrap(ipv4.bytes()).getInt()));
    }

    /** One that is no group's and no manufacturer's. */
    public static MacAddress random(RandomGenerator random) {
        return new MacAddress((random.nextLong() & ALL & ~GROUP) | LOCAL);
    }
}
