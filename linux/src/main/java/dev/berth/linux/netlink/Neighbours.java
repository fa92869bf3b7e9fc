package dev.berth.linux.netlink;

import dev.berth.linux.Errno;
import dev.berth.linux.LinuxException;
import java.net.InetAddress;
import java.util.List;

/** Who has which address on the links of a namespace. */
public final class Neighbours {
    private static final int RTM_NEWNEIGH = 28;
    private static final int RTM_DELNEIGH = 29;
    private static final int RTM_GETNEIGH = 30;
    /** {@code struct ndmsg}. */
    private static final int HEADER_BYTES = 12;

    private static final int NDA_DST = 1;
    private static final int NDA_LLADDR = 2;
    private static final int NUD_PERMANENT = 0x80;

    private final NetlinkSocket socket;

    Neighbours(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** Says who has an address, once and for all, in the place of what is known. */
    public void set(int link, InetAddress address, MacAddress mac) {
        MessageBuilder request =
                new MessageBuilder(RTM_NEWNEIGH, NetlinkSocket.NLM_F_CREATE | NetlinkSocket.NLM_F_REPLACE);
        header(request, IpFamily.of(address), link, NUD_PERMANENT);
        socket.acknowledged(
                request.put(NDA_DST, address.getAddress()).put(NDA_LLADDR, mac.bytes()),
                "set neighbour " + IpPrefix.text(address) + " of interface " + link);
    }

    /** Forgets who has an address; false where it was not known. */
    public boolean delete(int link, InetAddress address) {
        MessageBuilder request = new MessageBuilder(RTM_DELNEIGH, 0);
        header(request, IpFamily.of(address), link, 0);
        try {
            socket.acknowledged(
                    request.put(NDA_DST, address.getAddress()),
                    "remove neighbour " + IpPrefix.text(address) + " of interface " + link);
            return true;
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return false;
            }
            throw e;
        }
    }

    /** Those of a family that are known on all links. */
    public List<Neighbour> list(IpFamily family) {
        MessageBuilder request = new MessageBuilder(RTM_GETNEIGH, 0);
        header(request, family, 0, 0);
        return socket.dump(request, "list the neighbours").stream()
                .map(Neighbours::read)
                .toList();
    }

    private static void header(MessageBuilder message, IpFamily family, int link, int state) {
        message.u8(family.number()).u8(0).u16(0).u32(link).u16(state).u8(0).u8(0);
    }

    static Neighbour read(Message message) {
        Attributes attributes = message.attributes(HEADER_BYTES);
        return new Neighbour(
                message.u32(4),
                attributes
                        .bytes(NDA_DST)
                        .map(IpPrefix::address)
                        .orElseThrow(() -> Message.malformed("a neighbour's address is missing")),
                attributes.bytes(NDA_LLADDR).filter(mac -> mac.length == 6).map(MacAddress::of),
                (message.u16(8) & NUD_PERMANENT) != 0);
    }
}
