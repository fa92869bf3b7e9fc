package dev.berth.level.os.launch;

import java.nio.file.Path;
import java.util.List;

/** What a sandbox's root is made of. */
public sealed interface RootSource {
    /**
     * Layers of an overlay.
     *
     * @param lower the topmost first
     */
    record Overlay(List<Path> lower, Path upper, Path work) implements RootSource {}

    /** Layers of an overlay whose changes go to memory, in the sandbox's own mount namespace. */
    record Scratch(List<Path> lower) implements RootSource {}

    /** A directory as it is. */
    record Tree(Path directory) implements RootSource {}
}
