package dev.berth.level;

import java.nio.file.Path;

/** Whose namespace of a kind a sandbox uses. */
public sealed interface NamespaceMode {
    /** One of its own, new. */
    record Private() implements NamespaceMode {}

    /** The host's. */
    record Host() implements NamespaceMode {}

    /** That of a running sandbox of this level, by its id. */
    record Joined(String sandboxId) implements NamespaceMode {}

    /** One that the engine has made: a file that opens it, for as long as the sandbox is being started. */
    record Prepared(Path file) implements NamespaceMode {}

    NamespaceMode PRIVATE = new Private();
    NamespaceMode HOST = new Host();
}
