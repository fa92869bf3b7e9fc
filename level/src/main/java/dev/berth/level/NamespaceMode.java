package dev.berth.level;

/** Whose namespace of a kind a sandbox uses. */
public sealed interface NamespaceMode {
    /** One of its own, new. */
    record Private() implements NamespaceMode {}

    /** The host's. */
    record Host() implements NamespaceMode {}

    /** That of a running sandbox of this level, by its id. */
    record Joined(String sandboxId) implements NamespaceMode {}

    NamespaceMode PRIVATE = new Private();
    NamespaceMode HOST = new Host();
}
