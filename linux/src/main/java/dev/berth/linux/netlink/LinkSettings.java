package dev.berth.linux.netlink;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is set of an interface, when it is made or later; what is empty stays as it is.
 *
 * @param mtu in bytes
 * @param master the index of the bridge that it is to be a port of, 0 for none
 * @param namespace to which it goes; with a name, it has that from its first moment there
 */
public record LinkSettings(
        Optional<String> name,
        Optional<MacAddress> mac,
        OptionalInt mtu,
        OptionalInt master,
        Optional<Boolean> isUp,
        Optional<NetworkNamespace> namespace) {
    /** Nothing. */
    public static final LinkSettings NONE = new LinkSettings(
            Optional.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            Optional.empty());

    public LinkSettings {
        name.ifPresent(InterfaceName::check);
    }

    public LinkSettings name(String name) {
        return new LinkSettings(Optional.of(name), mac, mtu, master, isUp, namespace);
    }

    public LinkSettings mac(MacAddress mac) {
        return new LinkSettings(name, Optional.of(mac), mtu, master, isUp, namespace);
    }

    public LinkSettings mtu(int mtu) {
        return new LinkSettings(name, mac, OptionalInt.of(mtu), master, isUp, namespace);
    }

    public LinkSettings master(int index) {
        return new LinkSettings(name, mac, mtu, OptionalInt.of(index), isUp, namespace);
    }

    public LinkSettings withoutMaster() {
        return master(0);
    }

    public LinkSettings up() {
        return new LinkSettings(name, mac, mtu, master, Optional.of(true), namespace);
    }

    public LinkSettings down() {
        return new LinkSettings(name, mac, mtu, master, Optional.of(false), namespace);
    }

    /** It goes to a namespace, which must be open until the change is made. */
    public LinkSettings in(NetworkNamespace namespace) {
        return new LinkSettings(name, mac, mtu, master, isUp, Optional.of(namespace));
    }
}
