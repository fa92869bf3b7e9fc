package dev.berth.level.os.launch;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What a sandbox's root is made of. */
public sealed interface RootSource {
    /** What the root shows before anything is mounted in it, the topmost first. */
    default List<Path> layers() {
        return switch (this) {
            case Overlay overlay ->
                Stream.concat(Stream.of(overlay.upper()), overlay.lower().stream())
                        .toList();
            case Scratch scratch -> scratch.lower();
            case Tree tree -> List.of(tree.directory());
        };
    }

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
