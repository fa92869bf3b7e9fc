package dev.berth.linux.netlink;

import dev.berth.linux.Errno;
import dev.berth.linux.LinuxException;
import java.util.List;

/** The addresses of a namespace's interfaces. */
public final class Addresses {
    private static final int RTM_NEWADDR = 20;
    private static final int RTM_DELADDR = 21;
    private static final int RTM_GETADDR = 22;
    /** {@code struct ifaddrmsg}. */
    private static final int HEADER_BYTES = 8;

    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_BROADCAST = 4;
    private static final int IFA_FLAGS = 8;

    private static final int IFA_F_NODAD = 2;
    private static final int SCOPE_HOST = 254;
    private static final int SCOPE_LINK = 253;

    private final NetlinkSocket socket;

    Addresses(NetlinkSocket socket) {
        this.socket = socket;
    }

    /**
     * Gives an interface an address, with which comes a route to its network. An IPv4 network that has a broadcast
     * address gets it; an IPv6 address is used at once, without asking the link whether somebody has it already.
     *
     * @throws LinuxException with EEXIST where it has it
     */
    public void add(int link, IpPrefix address) {
        MessageBuilder request = new MessageBuilder(RTM_NEWADDR, NetlinkSocket.NLM_F_CREATE | NetlinkSocket.NLM_F_EXCL);
        header(request, link, address, scope(address));
        if (address.family() == IpFamily.IPV4 && address.length() < 31) {
            request.put(IFA_BROADCAST, address.last().getAddress());
        }
        if (address.family() == IpFamily.IPV6) {
            request.put32(IFA_FLAGS, IFA_F_NODAD);
        }
        socket.acknowledged(request, "give address " + address + " to interface " + link);
    }

    /** Takes an address from an interface; false where it did not have it. */
    public boolean delete(int link, IpPrefix address) {
        MessageBuilder request = new MessageBuilder(RTM_DELADDR, 0);
        header(request, link, address, 0);
        try {
            socket.acknowledged(request, "take address " + address + " from interface " + link);
            return true;
        } catch (LinuxException e) {
            if (e.is(Errno.EADDRNOTAVAIL)) {
                return false;
            }
            throw e;
        }
    }

    /** All addresses of all interfaces. */
    public List<Address> list() {
        MessageBuilder request = new MessageBuilder(RTM_GETADDR, 0).u32(0).u32(0);
        return socket.dump(request, "list the addresses").stream()
                .filter(message -> message.u8(0) == IpFamily.IPV4.number() || message.u8(0) == IpFamily.IPV6.number())
                .map(Addresses::read)
                .toList();
    }

    /** All addresses of one interface. */
    public List<Address> list(int link) {
        return list().stream().filter(address -> address.link() == link).toList();
    }

    private static void header(MessageBuilder message, int link, IpPrefix address, int scope) {
        message.u8(address.family().number())
                .u8(address.length())
                .u8(0)
                .u8(scope)
                .u32(link);
        byte[] bytes = address.address().getAddress();
        message.put(IFA_LOCAL, bytes).put(IFA_ADDRESS, bytes);
    }

    private static int scope(IpPrefix address) {
        if (address.address().isLoopbackAddress()) {
            return SCOPE_HOST;
        }
        return address.address().isLinkLocalAddress() ? SCOPE_LINK : 0;
    }

    static Address read(Message message) {
        Attributes attributes = message.attributes(HEADER_BYTES);
        byte[] address = attributes
                .bytes(IFA_LOCAL)
                .or(() -> attributes.bytes(IFA_ADDRESS))
                .orElseThrow(() -> Message.malformed("an address is missing"));
        return new Address(
                message.u32(4),
                Routes.prefix(address, message.u8(1)),
                attributes.u32(IFA_FLAGS).orElse(message.u8(2)));
    }
}
