package dev.berth.linux.netlink;

import dev.berth.linux.Errno;
import dev.berth.linux.LinuxException;
import dev.berth.linux.asm.SystemCall;
import dev.berth.linux.netlink.LinkKind.Bridge;
import dev.berth.linux.netlink.LinkKind.Dummy;
import dev.berth.linux.netlink.LinkKind.Ipvlan;
import dev.berth.linux.netlink.LinkKind.Macvlan;
import dev.berth.linux.netlink.LinkKind.Veth;
import dev.berth.linux.netlink.LinkKind.Vlan;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The interfaces of a namespace: made, changed, found, removed. */
public final class Links {
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_DELLINK = 17;
    private static final int RTM_GETLINK = 18;
    /** {@code struct ifinfomsg}. */
    private static final int HEADER_BYTES = 16;

    private static final int IFF_UP = 1;

    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_LINK = 5;
    private static final int IFLA_MASTER = 10;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_IFALIAS = 20;
    private static final int IFLA_STATS64 = 23;
    private static final int IFLA_NET_NS_FD = 28;
    private static final int IFLA_EXT_MASK = 29;

    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_INFO_DATA = 2;
    private static final int IFLA_INFO_SLAVE_KIND = 4;
    private static final int IFLA_INFO_SLAVE_DATA = 5;

    private static final int VETH_INFO_PEER = 1;
    private static final int IFLA_BR_AGEING_TIME = 4;
    private static final int IFLA_BR_STP_STATE = 5;
    private static final int IFLA_BR_MCAST_SNOOPING = 23;
    private static final int IFLA_BRPORT_MODE = 4;
    private static final int IFLA_BRPORT_ISOLATED = 33;
    private static final int IFLA_MACVLAN_MODE = 1;
    private static final int IFLA_IPVLAN_MODE = 1;
    private static final int IFLA_VLAN_ID = 1;
    private static final int IFLA_IPVLAN_FLAGS = 2;

    private static final int RTEXT_FILTER_SKIP_STATS = 8;
    /** The unit of a bridge's times: USER_HZ, which is 100 on all machines that we run on. */
    private static final int MILLIS_A_TICK = 10;
    /** IFALIASZ without a zero at its end. */
    private static final int ALIAS_BYTES_MAX = 255;

    private final NetlinkSocket socket;

    Links(NetlinkSocket socket) {
        this.socket = socket;
    }

    /**
     * Makes an interface, and with it all that is set, or nothing.
     *
     * @throws LinuxException with EEXIST where the name is taken, EOPNOTSUPP where the kernel lacks the kind
     */
    public void create(String name, LinkKind kind, LinkSettings settings) {
        MessageBuilder request = new MessageBuilder(RTM_NEWLINK, NetlinkSocket.NLM_F_CREATE | NetlinkSocket.NLM_F_EXCL);
        LinkSettings named = settings.name(name);
        header(request, 0, named);
        put(request, named);
        switch (kind) {
            case Macvlan macvlan -> request.put32(IFLA_LINK, macvlan.parent());
            case Ipvlan ipvlan -> request.put32(IFLA_LINK, ipvlan.parent());
            case Vlan vlan -> request.put32(IFLA_LINK, vlan.parent());
            case Bridge _, Veth _, Dummy _ -> {}
        }
        request.nested(IFLA_LINKINFO, info -> {
            info.putString(IFLA_INFO_KIND, kind.kernelName());
            info.nested(IFLA_INFO_DATA, data -> putOptions(data, kind));
        });
        socket.acknowledged(request, "make " + kind.kernelName() + " interface " + name);
    }

    private static void putOptions(MessageBuilder data, LinkKind kind) {
        switch (kind) {
            case Bridge bridge -> {
                data.put32(IFLA_BR_STP_STATE, 0);
                data.put8(IFLA_BR_MCAST_SNOOPING, bridge.multicastSnooping() ? 1 : 0);
                bridge.ageing()
                        .ifPresent(age ->
                                data.put32(IFLA_BR_AGEING_TIME, Math.toIntExact(age.toMillis() / MILLIS_A_TICK)));
            }
            case Veth(String peerName, LinkSettings peer) ->
                data.nested(VETH_INFO_PEER, message -> {
                    header(message, 0, peer);
                    put(message, peer.name(peerName));
                });
            case Macvlan macvlan -> data.put32(IFLA_MACVLAN_MODE, macvlan.mode().number());
            case Ipvlan ipvlan ->
                data.put16(IFLA_IPVLAN_MODE, ipvlan.mode().number())
                        .put16(IFLA_IPVLAN_FLAGS, ipvlan.scope().flag());
            case Vlan vlan -> data.put16(IFLA_VLAN_ID, vlan.id());
            case Dummy _ -> {}
        }
    }

    /**
     * Sets all that is not empty. Where the kernel refuses one, some may have been set.
     *
     * @param index the interface's
     */
    public void change(int index, LinkSettings settings) {
        MessageBuilder request = new MessageBuilder(RTM_NEWLINK, 0);
        header(request, index, settings);
        put(request, settings);
        socket.acknowledged(
                request,
                "change interface " + index
                        + settings.name().map(n -> " to " + n).orElse(""));
    }

    /** Sets a text of the administrator's on it, of up to 255 bytes; an empty one takes it away. */
    public void alias(int index, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > ALIAS_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "an interface's alias has at most " + ALIAS_BYTES_MAX + " bytes, not " + bytes.length);
        }
        MessageBuilder request = new MessageBuilder(RTM_NEWLINK, 0);
        header(request, index, LinkSettings.NONE);
        socket.acknowledged(request.put(IFLA_IFALIAS, bytes), "set the alias of interface " + index);
    }

    /**
     * Sets how a bridge treats its port.
     *
     * @param hairpin whether what came from it may go back to it
     * @param isolated whether it speaks only with ports that are not isolated
     */
    public void bridgePort(int index, boolean hairpin, boolean isolated) {
        MessageBuilder request = new MessageBuilder(RTM_NEWLINK, 0);
        header(request, index, LinkSettings.NONE);
        request.nested(IFLA_LINKINFO, info -> {
            info.putString(IFLA_INFO_SLAVE_KIND, "bridge");
            info.nested(
                    IFLA_INFO_SLAVE_DATA,
                    data -> data.put8(IFLA_BRPORT_MODE, hairpin ? 1 : 0).put8(IFLA_BRPORT_ISOLATED, isolated ? 1 : 0));
        });
        socket.acknowledged(request, "set the bridge's options for its port " + index);
    }

    /** Removes an interface; false where there was none. The peer of a veth pair goes with it. */
    public boolean delete(int index) {
        MessageBuilder request = new MessageBuilder(RTM_DELLINK, 0);
        header(request, index, LinkSettings.NONE);
        return delete(request, "remove interface " + index);
    }

    /** Removes an interface by its name; false where there was none. */
    public boolean delete(String name) {
        MessageBuilder request = new MessageBuilder(RTM_DELLINK, 0);
        header(request, 0, LinkSettings.NONE);
        return delete(request.putString(IFLA_IFNAME, InterfaceName.check(name)), "remove interface " + name);
    }

    private boolean delete(MessageBuilder request, String doing) {
        try {
            socket.acknowledged(request, doing);
            return true;
        } catch (LinuxException e) {
            if (e.is(Errno.ENODEV)) {
                return false;
            }
            throw e;
        }
    }

    /** All interfaces, by their index. */
    public List<Link> list() {
        MessageBuilder request = new MessageBuilder(RTM_GETLINK, 0);
        header(request, 0, LinkSettings.NONE);
        return socket.dump(request.put32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS), "list the interfaces").stream()
                .map(Links::read)
                .toList();
    }

    /** The interface of this name. */
    public Optional<Link> find(String name) {
        MessageBuilder request = new MessageBuilder(RTM_GETLINK, 0);
        header(request, 0, LinkSettings.NONE);
        return find(request.putString(IFLA_IFNAME, InterfaceName.check(name)), "find interface " + name);
    }

    /** The interface of this index. */
    public Optional<Link> find(int index) {
        MessageBuilder request = new MessageBuilder(RTM_GETLINK, 0);
        header(request, index, LinkSettings.NONE);
        return find(request, "find interface " + index);
    }

    /**
     * The interface of this name, which is expected to be there.
     *
     * @throws LinuxException with ENODEV where it isn't
     */
    public Link get(String name) {
        return find(name)
                .orElseThrow(
                        () -> new LinuxException(SystemCall.SENDTO, Errno.ENODEV.number(), "find interface " + name));
    }

    /** What an interface has received and sent. Absent where there is no such interface. */
    public Optional<LinkStatistics> statistics(int index) {
        MessageBuilder request = new MessageBuilder(RTM_GETLINK, 0);
        header(request, index, LinkSettings.NONE);
        return ask(request, "read the statistics of interface " + index)
                .map(message -> LinkStatistics.read(message.attributes(HEADER_BYTES)
                        .bytes(IFLA_STATS64)
                        .orElseThrow(() -> Message.malformed("an interface's statistics are missing"))));
    }

    private Optional<Link> find(MessageBuilder request, String doing) {
        return ask(request.put32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS), doing).map(Links::read);
    }

    private Optional<Message> ask(MessageBuilder request, String doing) {
        try {
            return Optional.of(socket.answered(request, doing));
        } catch (LinuxException e) {
            if (e.is(Errno.ENODEV)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static void header(MessageBuilder message, int index, LinkSettings settings) {
        int up = settings.isUp().orElse(false) ? IFF_UP : 0;
        int changed = settings.isUp().isPresent() ? IFF_UP : 0;
        message.u16(0).u16(0).u32(index).u32(up).u32(changed);
    }

    private static void put(MessageBuilder message, LinkSettings settings) {
        settings.name().ifPresent(name -> message.putString(IFLA_IFNAME, name));
        settings.mac().ifPresent(mac -> message.put(IFLA_ADDRESS, mac.bytes()));
        settings.mtu().ifPresent(mtu -> message.put32(IFLA_MTU, mtu));
        settings.master().ifPresent(master -> message.put32(IFLA_MASTER, master));
        settings.namespace()
                .ifPresent(to -> message.put32(IFLA_NET_NS_FD, to.fd().number()));
    }

    static Link read(Message message) {
        Attributes attributes = message.attributes(HEADER_BYTES);
        return new Link(
                message.u32(4),
                attributes.string(IFLA_IFNAME).orElse(""),
                attributes.nested(IFLA_LINKINFO).string(IFLA_INFO_KIND).orElse(""),
                message.u32(8),
                attributes.bytes(IFLA_ADDRESS).filter(mac -> mac.length == 6).map(MacAddress::of),
                attributes.u32(IFLA_MTU).orElse(0),
                attributes.u32(IFLA_MASTER),
                parent(attributes),
                attributes.string(IFLA_IFALIAS));
    }

    private static OptionalInt parent(Attributes attributes) {
        OptionalInt parent = attributes.u32(IFLA_LINK);
        return parent.orElse(0) == 0 ? OptionalInt.empty() : parent;
    }
}
