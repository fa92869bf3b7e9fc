package dev.berth.linux.file;

import dev.berth.linux.Errno;
import dev.berth.linux.Fd;
import dev.berth.linux.Kernel;
import dev.berth.linux.LinuxException;
import dev.berth.linux.asm.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A file system that is mounted nowhere yet (fsopen(2), fsconfig(2), fsmount(2)), for a child to move to where it belongs.
 * One that speaks with a server does so in the network namespace of who makes it.
 */
public final class DetachedMount {
    /** {@code MOUNT_ATTR_…}; the first four have the values of mount(2)'s flags. */
    public static final int NOSUID = 0x2;

    public static final int NOEXEC = 0x8;
    public static final int NOATIME = 0x10;
    public static final int STRICTATIME = 0x20;
    public static final int NODIRATIME = 0x80;

    private static final int FSOPEN_CLOEXEC = 1;
    private static final int FSMOUNT_CLOEXEC = 1;
    private static final int FSCONFIG_SET_FLAG = 0;
    private static final int FSCONFIG_SET_STRING = 1;
    private static final int FSCONFIG_CMD_CREATE = 6;
    /** The most that the kernel keeps of what it has to say: eight lines. */
    private static final int SAID_BYTES = 8192;

    private final Kernel kernel = Kernel.running();
    private final Arena arena;
    private final String doing;

    private DetachedMount(Arena arena, String doing) {
        this.arena = arena;
        this.doing = doing;
    }

    /**
     * Makes a file system and its mount.
     *
     * @param type as in {@code /proc/filesystems}; the kernel loads its module where it has one
     * @param source what it is made of
     * @param options of the file system, each a word, or a name with its value behind an equals sign
     * @param attributes {@code MOUNT_ATTR_…} of the mount
     * @param doing what is being done, to what, for the error; it is not to show the options, among which passwords are
     * @return for move_mount(2); the caller closes it, which ends the mount unless it has been moved
     * @throws LinuxException with ENODEV where the kernel has no such type, and what the kernel says of an option
     */
    public static Fd make(String type, String source, List<String> options, int attributes, String doing) {
        try (Arena arena = Arena.ofConfined()) {
            return new DetachedMount(arena, doing).make(type, source, options, attributes);
        }
    }

    private Fd make(String type, String source, List<String> options, int attributes) {
        try (Fd context = open(type)) {
            configure(context, FSCONFIG_SET_STRING, text("source"), text(source));
            for (String option : options) {
                int equals = option.indexOf('=');
                if (equals < 0) {
                    configure(context, FSCONFIG_SET_FLAG, text(option), MemorySegment.NULL);
                } else {
                    configure(
                            context,
                            FSCONFIG_SET_STRING,
                            text(option.substring(0, equals)),
                            text(option.substring(equals + 1)));
                }
            }
            configure(context, FSCONFIG_CMD_CREATE, MemorySegment.NULL, MemorySegment.NULL);
            return new Fd((int) checked(
                    context,
                    SystemCall.FSMOUNT,
                    kernel.raw(SystemCall.FSMOUNT, context.number(), FSMOUNT_CLOEXEC, attributes, 0)));
        }
    }

    private Fd open(String type) {
        long context = kernel.raw(SystemCall.FSOPEN, text(type).address(), FSOPEN_CLOEXEC);
        if (Errno.ENODEV.is((int) -context)) {
            throw new LinuxException(
                    SystemCall.FSOPEN,
                    Errno.ENODEV.number(),
                    doing,
                    "this host's kernel knows no file system " + type + " (modprobe " + type + " may load it)");
        }
        if (context < 0) {
            throw new LinuxException(SystemCall.FSOPEN, (int) -context, doing);
        }
        return new Fd((int) context);
    }

    private MemorySegment text(String text) {
        return arena.allocateFrom(text);
    }

    private void configure(Fd context, int command, MemorySegment key, MemorySegment value) {
        checked(
                context,
                SystemCall.FSCONFIG,
                kernel.raw(SystemCall.FSCONFIG, context.number(), command, key.address(), value.address(), 0, 0));
    }

    private long checked(Fd context, SystemCall call, long result) {
        if (result < 0) {
            throw new LinuxException(call, (int) -result, doing, said(context));
        }
        return result;
    }

    /** What the kernel has to say of a refusal: lines that begin with their kind, {@code e} for an error. */
    private String said(Fd context) {
        MemorySegment buffer = arena.allocate(SAID_BYTES);
        StringBuilder said = new StringBuilder();
        long length = kernel.raw(SystemCall.READ, context.number(), buffer.address(), SAID_BYTES, 0);
        while (length > 0) {
            String line = new String(buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8)
                    .strip();
            if (line.startsWith("e ")) {
                said.append(said.isEmpty() ? "" : "; ").append(line.substring(2));
            }
            length = kernel.raw(SystemCall.READ, context.number(), buffer.address(), SAID_BYTES, 0);
        }
        return said.toString();
    }
}
