package dev.berth.api.view;

import dev.berth.api.json.JsonTree;
import dev.berth.image.files.PathStat;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A path in a container, as the header field {@value #HEADER} tells it. */
public final class PathStatView {
    public static final String HEADER = "X-Docker-Container-Path-Stat";

    private static final int TYPE_MASK = 0170000;
    private static final int SETUID = 04000;
    private static final int SETGID = 02000;
    private static final int STICKY = 01000;

    private PathStatView() {}

    public static Map<String, @Nullable Object> of(PathStat stat) {
        return JsonTree.of(
                "name", stat.name(),
                "size", stat.size(),
                "mode", goMode(stat.mode()),
                "mtime", stat.modified().toString(),
                "linkTarget", stat.linkTarget());
    }

    public static String encoded(byte[] json) {
        return Base64.getEncoder().encodeToString(json);
    }

    /** The bits of Go's {@code os.FileMode}, which stand elsewhere than the kernel's. */
    static long goMode(int mode) {
        long bits = mode & 0777;
        bits |= switch (mode & TYPE_MASK) {
            case 0040000 -> 1L << 31;
            case 0120000 -> 1L << 27;
            case 0060000 -> 1L << 26;
            case 0020000 -> 1L << 26 | 1L << 21;
            case 0010000 -> 1L << 25;
            case 0140000 -> 1L << 24;
            default -> 0;
        };
        bits |= (mode & SETUID) == 0 ? 0 : 1L << 23;
        bits |= (mode & SETGID) == 0 ? 0 : 1L << 22;
        bits |= (mode & STICKY) == 0 ? 0 : 1L << 20;
        return bits;
    }
}
