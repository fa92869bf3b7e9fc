package dev.berth.linux.netlink;

import dev.berth.linux.Errno;
import dev.berth.linux.LinuxException;
import java.util.List;

/** The routes of a namespace's main table to single destinations. */
public final class Routes {
    private static final int RTM_NEWROUTE = 24;
    private static final int RTM_DELROUTE = 25;
    private static final int RTM_GETROUTE = 26;
    /** {@code struct rtmsg}. */
    private static final int HEADER_BYTES = 12;

    private static final int RT_TABLE_MAIN = 254;
    private static final int RTPROT_BOOT = 3;
    private static final int RTN_UNICAST = 1;
    private static final int RT_SCOPE_UNIVERSE = 0;
    private static final int RT_SCOPE_LINK = 253;
    private static final int RT_SCOPE_NOWHERE = 255;

    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RTA_PRIORITY = 6;
    private static final int RTA_PREFSRC = 7;
    private static final int RTA_TABLE = 15;

    private final NetlinkSocket socket;

    Routes(NetlinkSocket socket) {
        this.socket = socket;
    }

    /**
     * Adds a route.
     *
     * @throws LinuxException with EEXIST where there is one to its destination, ENETUNREACH where its gateway is on no link
     */
    public void add(Route route) {
        socket.acknowledged(
                request(RTM_NEWROUTE, NetlinkSocket.NLM_F_CREATE | NetlinkSocket.NLM_F_EXCL, route),
                "add " + describe(route));
    }

    /** Adds a route in the place of the one that there is. */
    public void replace(Route route) {
        socket.acknowledged(
                request(RTM_NEWROUTE, NetlinkSocket.NLM_F_CREATE | NetlinkSocket.NLM_F_REPLACE, route),
                "set " + describe(route));
    }

    /** Removes a route; false where there was none. */
    public boolean delete(Route route) {
        try {
            socket.acknowledged(request(RTM_DELROUTE, 0, route), "remove " + describe(route));
            return true;
        } catch (LinuxException e) {
            if (e.is(Errno.ESRCH)) {
                return false;
            }
            throw e;
        }
    }

    /** The routes of a family. */
    public List<Route> list(IpFamily family) {
        MessageBuilder request = new MessageBuilder(RTM_GETROUTE, 0);
        request.u8(family.number()).u8(0).u8(0).u8(0).u8(0).u8(0).u8(0).u8(0).u32(0);
        return dump(request.put32(RTA_TABLE, RT_TABLE_MAIN)).stream()
                .filter(message -> message.u8(7) == RTN_UNICAST)
                .map(Routes::read)
                .toList();
    }

    /** A network namespace whose interfaces were never up has no table at all. */
    private List<Message> dump(MessageBuilder request) {
        try {
            return socket.dump(request, "list the routes");
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return List.of();
            }
            throw e;
        }
    }

    private static MessageBuilder request(int type, int flags, Route route) {
        boolean removal = type == RTM_DELROUTE;
        int scope = route.gateway().isPresent() || route.destination().family() == IpFamily.IPV6
                ? RT_SCOPE_UNIVERSE
                : RT_SCOPE_LINK;
        MessageBuilder request = new MessageBuilder(type, flags)
                .u8(route.destination().family().number())
                .u8(route.destination().length())
                .u8(0)
                .u8(0)
                .u8(RT_TABLE_MAIN)
                .u8(removal ? 0 : RTPROT_BOOT)
                .u8(removal ? RT_SCOPE_NOWHERE : scope)
                .u8(removal ? 0 : RTN_UNICAST)
                .u32(0);
        if (!route.isDefault()) {
            request.put(RTA_DST, route.destination().network().address().getAddress());
        }
        route.gateway().ifPresent(gateway -> request.put(RTA_GATEWAY, gateway.getAddress()));
        route.link().ifPresent(link -> request.put32(RTA_OIF, link));
        route.source().ifPresent(source -> request.put(RTA_PREFSRC, source.getAddress()));
        route.metric().ifPresent(metric -> request.put32(RTA_PRIORITY, metric));
        return request;
    }

    private static String describe(Route route) {
        return (route.isDefault() ? "the default route" : "a route to " + route.destination())
                + route.gateway()
                        .map(gateway -> " by " + IpPrefix.text(gateway))
                        .orElse("")
                + (route.link().isPresent() ? " over interface " + route.link().getAsInt() : "");
    }

    static Route read(Message message) {
        IpFamily family = message.u8(0) == IpFamily.IPV6.number() ? IpFamily.IPV6 : IpFamily.IPV4;
        Attributes attributes = message.attributes(HEADER_BYTES);
        byte[] destination = attributes.bytes(RTA_DST).orElseGet(() -> new byte[family.addressBytes()]);
        return new Route(
                prefix(destination, message.u8(1)),
                attributes.bytes(RTA_GATEWAY).map(IpPrefix::address),
                attributes.u32(RTA_OIF),
                attributes.bytes(RTA_PREFSRC).map(IpPrefix::address),
                attributes.u32(RTA_PRIORITY));
    }

    /** What the kernel says is an address and its length, which are held against each other. */
    static IpPrefix prefix(byte[] address, int length) {
        if (length > address.length * 8) {
            throw Message.malformed("an address of " + address.length + " bytes has a prefix of " + length + " bits");
        }
        return new IpPrefix(IpPrefix.address(address), length);
    }
}
