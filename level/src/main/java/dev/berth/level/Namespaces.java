package dev.berth.level;

/** The namespaces that differ from sandbox to sandbox; the mount namespace is always the sandbox's own. */
public record Namespaces(
        NamespaceMode network, NamespaceMode pid, NamespaceMode ipc, NamespaceMode uts, NamespaceMode cgroup) {
    /** All private: a network with nothing but its loopback. */
    public static final Namespaces PRIVATE = new Namespaces(
            NamespaceMode.PRIVATE,
            NamespaceMode.PRIVATE,
            NamespaceMode.PRIVATE,
            NamespaceMode.PRIVATE,
            NamespaceMode.PRIVATE);

    /** With another network. */
    public Namespaces withNetwork(NamespaceMode other) {
        return new Namespaces(other, pid, ipc, uts, cgroup);
    }
}
