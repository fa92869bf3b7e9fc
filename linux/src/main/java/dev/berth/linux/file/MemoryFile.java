package dev.berth.linux.file;

import dev.berth.linux.Fd;
import dev.berth.linux.Kernel;
import dev.berth.linux.asm.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Files in memory that have no name, and are gone with their last descriptor (memfd_create(2)). */
public final class MemoryFile {
    private static final int MFD_CLOEXEC = 1;

    private MemoryFile() {}

    /**
     * Makes an empty one. The caller closes it.
     *
     * @param name as /proc shows it
     */
    public static Fd create(String name) {
        try (Arena arena = Arena.ofConfined()) {
            return new Fd((int) Kernel.running()
                    .call(
                            SystemCall.MEMFD_CREATE,
                            "make a file in memory for " + name,
                            arena.allocateFrom(name).address(),
                            MFD_CLOEXEC));
        }
    }

    /** Makes one with this content. */
    public static Fd create(String name, byte[] content) {
        Fd file = create(name);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(content.length);
            MemorySegment.copy(content, 0, bytes, ValueLayout.JAVA_BYTE, 0, content.length);
            new OpenFile(file, name).write(bytes);
            return file;
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }
}
