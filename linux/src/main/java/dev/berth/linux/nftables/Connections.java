package dev.berth.linux.nftables;

import dev.berth.linux.Errno;
import dev.berth.linux.LinuxException;
import dev.berth.linux.netlink.Attributes;
import dev.berth.linux.netlink.IpFamily;
import dev.berth.linux.netlink.IpPrefix;
import dev.berth.linux.netlink.Message;
import dev.berth.linux.netlink.MessageBuilder;
import dev.berth.linux.netlink.NetlinkSocket;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Predicate;

/**
 * The connections that the kernel follows in a namespace ({@code linux/netfilter/nfnetlink_conntrack.h}). Rules of
 * translation are asked only once a connection; one whose rules have changed goes on as it was until it is forgotten.
 */
public final class Connections {
    private static final int NFNL_SUBSYS_CTNETLINK = 1;
    private static final int IPCTNL_MSG_CT_GET = 1;
    private static final int IPCTNL_MSG_CT_DELETE = 2;
    private static final int IPCTNL_MSG_CT_GET_STATS = 5;
    /** {@code AF_UNSPEC}: of every family. */
    private static final int ANY_FAMILY = 0;

    private static final int CTA_STATS_GLOBAL_ENTRIES = 1;

    private static final int CTA_TUPLE_ORIG = 1;
    private static final int CTA_TUPLE_REPLY = 2;
    private static final int CTA_ID = 12;
    private static final int CTA_ZONE = 18;
    private static final int NESTED = 0x8000;

    private static final int CTA_TUPLE_IP = 1;
    private static final int CTA_TUPLE_PROTO = 2;
    private static final int CTA_PROTO_NUM = 1;
    private static final int CTA_PROTO_SRC_PORT = 2;
    private static final int CTA_PROTO_DST_PORT = 3;

    private final NetlinkSocket socket;

    Connections(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** Those of a family that are meant. */
    public List<Connection> list(IpFamily family, Predicate<Connection> which) {
        return find(family.number(), which).stream().map(Connections::read).toList();
    }

    /** How many there are. Costs nothing, where to list them the kernel walks through a table of hundreds of thousands. */
    public int count() {
        return socket.answered(request(IPCTNL_MSG_CT_GET_STATS, ANY_FAMILY), "count the connections")
                .attributes(NftMessage.FIXED_BYTES)
                .be32(CTA_STATS_GLOBAL_ENTRIES)
                .orElseThrow(() -> new IllegalStateException("the kernel counts no connections"));
    }

    /**
     * Forgets those that are meant: what comes of one next begins anew, and the rules are asked again.
     *
     * @return how many
     */
    public int forget(Predicate<Connection> which) {
        int forgotten = 0;
        for (Message message : count() == 0 ? List.<Message>of() : find(ANY_FAMILY, which)) {
            Attributes connection = message.attributes(NftMessage.FIXED_BYTES);
            MessageBuilder request = request(IPCTNL_MSG_CT_DELETE, message.u8(0));
            connection.bytes(CTA_TUPLE_ORIG).ifPresent(tuple -> request.put(CTA_TUPLE_ORIG | NESTED, tuple));
            connection.bytes(CTA_ZONE).ifPresent(zone -> request.put(CTA_ZONE, zone));
            connection.bytes(CTA_ID).ifPresent(id -> request.put(CTA_ID, id));
            try {
                socket.acknowledged(request, "forget a connection");
                forgotten++;
            } catch (LinuxException e) {
                if (!e.is(Errno.ENOENT)) { // it has ended meanwhile
                    throw e;
                }
            }
        }
        return forgotten;
    }

    private List<Message> find(int family, Predicate<Connection> which) {
        return socket.dump(
                request(IPCTNL_MSG_CT_GET, family), "list the connections", message -> which.test(read(message)));
    }

    private static MessageBuilder request(int kind, int family) {
        return new MessageBuilder(NFNL_SUBSYS_CTNETLINK << 8 | kind, 0)
                .u8(family)
                .u8(0)
                .be16(0);
    }

    static Connection read(Message message) {
        Attributes connection = message.attributes(NftMessage.FIXED_BYTES);
        Attributes original = connection.nested(CTA_TUPLE_ORIG);
        Attributes reply = connection.nested(CTA_TUPLE_REPLY);
        return new Connection(
                original.nested(CTA_TUPLE_PROTO).u8(CTA_PROTO_NUM).orElse(0),
                end(original, true),
                end(original, false),
                end(reply, true),
                end(reply, false));
    }

    /** One end of a direction: its source or its destination. */
    private static InetSocketAddress end(Attributes direction, boolean source) {
        Attributes ip = direction.nested(CTA_TUPLE_IP);
        int v4 = source ? 1 : 2;
        int v6 = source ? 3 : 4;
        byte[] address = ip.bytes(v4).or(() -> ip.bytes(v6)).orElseGet(() -> new byte[4]);
        int port = direction
                .nested(CTA_TUPLE_PROTO)
                .be16(source ? CTA_PROTO_SRC_PORT : CTA_PROTO_DST_PORT)
                .orElse(0);
        return new InetSocketAddress(IpPrefix.address(address), port);
    }
}
