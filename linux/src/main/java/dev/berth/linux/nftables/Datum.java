package dev.berth.linux.nftables;

import dev.berth.linux.netlink.InterfaceName;
import dev.berth.linux.netlink.IpFamily;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** A value in a set. */
public sealed interface Datum {
    /** An address of either family. */
    record Address(InetAddress address) implements Datum {}

    record Port(int number) implements Datum {
        public Port {
            if (number < 0 || number > 0xffff) {
                throw new IllegalArgumentException("a port has 16 bits: " + number);
            }
        }
    }

    record Transport(Protocol protocol) implements Datum {}

    /** An interface's name. */
    record Interface(String name) implements Datum {
        public Interface {
            InterfaceName.check(name);
        }
    }

    default DataType type() {
        return switch (this) {
            case Address(InetAddress address) ->
                IpFamily.of(address) == IpFamily.IPV4 ? DataType.IPV4_ADDR : DataType.IPV6_ADDR;
            case Port _ -> DataType.INET_SERVICE;
            case Transport _ -> DataType.INET_PROTO;
            case Interface _ -> DataType.IFNAME;
        };
    }

    /** As it lies in a packet or a register, without padding. */
    default byte[] bytes() {
        return switch (this) {
            case Address(InetAddress address) -> address.getAddress();
            case Port(int number) -> new byte[] {(byte) (number >> 8), (byte) number};
            case Transport(Protocol protocol) -> new byte[] {(byte) protocol.number()};
            case Interface(String name) ->
                Arrays.copyOf(name.getBytes(StandardCharsets.UTF_8), DataType.IFNAME.bytes());
        };
    }

    /** Several as one value. */
    static byte[] join(List<Datum> data) {
        if (data.size() == 1) {
            return data.getFirst().bytes();
        }
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (Datum datum : data) {
            joined.writeBytes(Arrays.copyOf(datum.bytes(), datum.type().registers() * 4));
        }
        return joined.toByteArray();
    }

    static List<DataType> types(List<Datum> data) {
        return data.stream().map(Datum::type).toList();
    }
}
