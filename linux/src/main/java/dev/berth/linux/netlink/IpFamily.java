package dev.berth.linux.netlink;

import java.net.Inet6Address;
import java.net.InetAddress;

/** The two address families of the Internet. */
public enum IpFamily {
    IPV4(2, 4),
    IPV6(10, 16);

    private final int number;
    private final int addressBytes;

    IpFamily(int number, int addressBytes) {
        this.number = number;
        this.addressBytes = addressBytes;
    }

    public static IpFamily of(InetAddress address) {
        return address instanceof Inet6Address ? IPV6 : IPV4;
    }

    /** AF_INET or AF_INET6. */
    public int number() {
        return number;
    }

    public int addressBytes() {
        return addressBytes;
    }
}
