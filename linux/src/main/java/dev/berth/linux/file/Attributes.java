package dev.berth.linux.file;

import dev.berth.linux.Errno;
import dev.berth.linux.Kernel;
import dev.berth.linux.LinuxException;
import dev.berth.linux.asm.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Extended attributes of an entry of a directory (xattr(7)), of a symbolic link itself where it is one. The kernel has
 * no such calls relative to a directory, so they go by way of the directory's own entry in /proc.
 */
public final class Attributes {
    /** The kernel's own limits (xattr(7)): a list of names, and a value. */
    private static final int LARGEST = 65536;

    private final Directory directory;

    public Attributes(Directory directory) {
        this.directory = directory;
    }

    /** The names of an entry's attributes. */
    public List<String> names(String entry) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(LARGEST);
            long length = Kernel.running().raw(SystemCall.LLISTXATTR, path(arena, entry), buffer.address(), LARGEST, 0);
            if (length == -Errno.EOPNOTSUPP.number() || length == 0) {
                return List.of();
            }
            check(SystemCall.LLISTXATTR, length, "list the attributes of " + name(entry));
            byte[] bytes = buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
            return Arrays.stream(new String(bytes, StandardCharsets.UTF_8).split("\0"))
                    .filter(name -> !name.isEmpty())
                    .toList();
        }
    }

    /** The value of an attribute; empty where the entry has none of that name. */
    public Optional<byte[]> get(String entry, String attribute) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(LARGEST);
            long length = Kernel.running()
                    .raw(
                            SystemCall.LGETXATTR,
                            path(arena, entry),
                            arena.allocateFrom(attribute).address(),
                            buffer.address(),
                            LARGEST);
            if (length == -Errno.ENODATA.number() || length == -Errno.EOPNOTSUPP.number()) {
                return Optional.empty();
            }
            check(SystemCall.LGETXATTR, length, "read attribute " + attribute + " of " + name(entry));
            return Optional.of(buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /** Sets an attribute. */
    public void set(String entry, String attribute, byte[] value) {
        try (Arena arena = Arena.ofConfined()) {
            Kernel.running()
                    .call(
                            SystemCall.LSETXATTR,
                            "set attribute " + attribute + " of " + name(entry),
                            path(arena, entry),
                            arena.allocateFrom(attribute).address(),
                            arena.allocateFrom(ValueLayout.JAVA_BYTE, value).address(),
                            value.length,
                            0);
        }
    }

    private long path(Arena arena, String entry) {
        return Directory.segment(arena, directory.fd().procPath() + "/" + entry).address();
    }

    private String name(String entry) {
        return directory.path() + "/" + entry;
    }

    private static void check(SystemCall call, long result, String doing) {
        if (result < 0) {
            throw new LinuxException(call, (int) -result, doing);
        }
    }
}
