package dev.berth.linux.file;

import dev.berth.linux.namespace.UserNamespace;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How overlayfs is told of its directories (Documentation/filesystems/overlayfs.rst): in one page, whatever their number. So those below are
 * named from the nearest directory that all of them are in, mostly by their last names alone, and who mounts goes there first.
 *
 * @param directory to be the working directory of whoever mounts
 * @param data for mount(2)
 */
public record OverlayOptions(Path directory, String data) {
    /** A page, with a zero at its end. */
    private static final int MOST_DATA = 4095;

    private static final Path ROOT = Path.of("/");

    /** @param lower absolute, the topmost first */
    public static OverlayOptions of(List<Path> lower, Path upper, Path work) {
        Path shared = shared(lower);
        String names = lower.stream()
                .map(layer -> shared.equals(ROOT) ? layer : shared.relativize(layer))
                .map(name -> escaped(name.toString()))
                .collect(Collectors.joining(":"));
        String data = "lowerdir=" + names + ",upperdir=" + escaped(upper.toString()) + ",workdir="
                + escaped(work.toString()) + (UserNamespace.own().initial() ? "" : ",userxattr");
        return new OverlayOptions(shared, data);
    }

    /**
     * Before the names of the extended attributes in which overlayfs keeps its notes: in a user namespace nobody may have
     * trusted ones (option {@code userxattr}).
     */
    public static String attributePrefix() {
        return UserNamespace.own().initial() ? "trusted.overlay." : "user.overlay.";
    }

    /** The attribute of a directory of which nothing below shows through; its value is {@code y}. */
    public static String opaque() {
        return attributePrefix() + "opaque";
    }

    /** Whether that is more than the kernel takes. */
    public boolean isTooLong() {
        return data.length() > MOST_DATA;
    }

    /** Overlayfs parts its options at colons and commas, and takes them literally behind a backslash. */
    private static String escaped(String path) {
        return path.replace("\\", "\\\\").replace(":", "\\:").replace(",", "\\,");
    }

    private static Path shared(List<Path> lower) {
        @Nullable Path shared = lower.isEmpty() ? null : lower.getFirst().getParent();
        for (Path layer : lower) {
            while (shared != null && (!layer.startsWith(shared) || layer.equals(shared))) {
                shared = shared.getParent();
            }
        }
        return shared == null ? ROOT : shared;
    }
}
