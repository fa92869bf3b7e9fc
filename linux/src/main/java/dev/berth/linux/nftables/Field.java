package dev.berth.linux.nftables;

import dev.berth.linux.netlink.IpFamily;
import java.util.Optional;

/** What a rule can look at, as nft(8) names it, where sets hold values of it. */
public enum Field {
    IIFNAME("iifname", DataType.IFNAME),
    OIFNAME("oifname", DataType.IFNAME),
    L4PROTO("meta l4proto", DataType.INET_PROTO),
    IP_SADDR("ip saddr", DataType.IPV4_ADDR),
    IP_DADDR("ip daddr", DataType.IPV4_ADDR),
    IP6_SADDR("ip6 saddr", DataType.IPV6_ADDR),
    IP6_DADDR("ip6 daddr", DataType.IPV6_ADDR),
    SPORT("th sport", DataType.INET_SERVICE),
    DPORT("th dport", DataType.INET_SERVICE);

    private final String text;
    private final DataType type;

    Field(String text, DataType type) {
        this.text = text;
        this.type = type;
    }

    String text() {
        return text;
    }

    DataType type() {
        return type;
    }

    /** Of which packets must be to have it. */
    Optional<IpFamily> family() {
        return switch (type) {
            case IPV4_ADDR -> Optional.of(IpFamily.IPV4);
            case IPV6_ADDR -> Optional.of(IpFamily.IPV6);
            case IFNAME, INET_PROTO, INET_SERVICE -> Optional.empty();
        };
    }

    /** Loads it into a register. */
    Expression load(int register) {
        return switch (this) {
            case IIFNAME -> Expression.meta(Expression.META_IIFNAME, register);
            case OIFNAME -> Expression.meta(Expression.META_OIFNAME, register);
            case L4PROTO -> Expression.meta(Expression.META_L4PROTO, register);
            case IP_SADDR -> Expression.network(12, type.bytes(), register);
            case IP_DADDR -> Expression.network(16, type.bytes(), register);
            case IP6_SADDR -> Expression.network(8, type.bytes(), register);
            case IP6_DADDR -> Expression.network(24, type.bytes(), register);
            case SPORT -> Expression.transport(0, type.bytes(), register);
            case DPORT -> Expression.transport(2, type.bytes(), register);
        };
    }
}
