package dev.berth.level;

import java.nio.file.Path;
import java.util.List;

/**
 * The layers a sandbox's root is made of.
 *
 * @param lower read-only trees, the topmost first; at least one. Overlayfs's marks (0/0 devices, opaque xattrs) count.
 * @param upper where changes go: an existing directory
 * @param work an empty directory on the same file system as {@code upper}
 * @param readOnly whether the root is mounted read-only
 * @param scratch whether changes go to memory and are forgotten with the sandbox; {@code upper} and {@code work} are
 *     not used then. For a lower tree that contains the data root, where overlayfs refuses an upper one.
 */
public record Rootfs(List<Path> lower, Path upper, Path work, boolean readOnly, boolean scratch) {}
