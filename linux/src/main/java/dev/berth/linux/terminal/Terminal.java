package dev.berth.linux.terminal;

import dev.berth.linux.Errno;
import dev.berth.linux.Fd;
import dev.berth.linux.Kernel;
import dev.berth.linux.LinuxException;
import dev.berth.linux.asm.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * The terminal that is this process's standard input (ioctl_tty(2), termios(3)). {@link #close} gives it back the mode
 * in which it was found, and is idempotent.
 */
public final class Terminal implements AutoCloseable {
    private static final int STANDARD_INPUT = 0;
    private static final int TCGETS = 0x5401;
    private static final int TCSETS = 0x5402;
    private static final int TIOCGWINSZ = 0x5413;
    private static final int TIOCSWINSZ = 0x5414;

    /** {@code struct termios} of the kernel: four flag words, a line discipline, control characters. */
    private static final int TERMIOS_SIZE = 64;

    private static final int IFLAG = 0;
    private static final int OFLAG = 4;
    private static final int CFLAG = 8;
    private static final int LFLAG = 12;
    private static final int CONTROL_CHARACTERS = 17;
    private static final int VTIME = CONTROL_CHARACTERS + 5;
    private static final int VMIN = CONTROL_CHARACTERS + 6;
    /** IGNBRK BRKINT PARMRK ISTRIP INLCR IGNCR ICRNL IXON: what cfmakeraw(3) clears. */
    private static final int INPUT_PROCESSING = 01 | 02 | 010 | 040 | 0100 | 0200 | 0400 | 02000;

    private static final int OPOST = 01;
    private static final int ECHO = 010;
    /** ECHO ECHONL ICANON ISIG IEXTEN. */
    private static final int LOCAL_PROCESSING = 010 | 0100 | 02 | 01 | 0100000;

    private static final int CSIZE_PARENB = 060 | 0400;
    private static final int CS8 = 060;

    private final byte[] found;
    private boolean raw;

    private Terminal(byte[] found) {
        this.found = found;
    }

    /** A size in character cells. */
    public record Size(int rows, int columns) {}

    /** The terminal on standard input; empty where that is none. */
    public static Optional<Terminal> ofStandardInput() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment termios = arena.allocate(TERMIOS_SIZE, 8);
            long result = Kernel.running().raw(SystemCall.IOCTL, STANDARD_INPUT, TCGETS, termios.address(), 0);
            return result < 0 ? Optional.empty() : Optional.of(new Terminal(termios.toArray(ValueLayout.JAVA_BYTE)));
        }
    }

    /** Every key comes as it is typed, and nothing is echoed or turned into a signal (cfmakeraw(3)). */
    public void makeRaw() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment termios = arena.allocate(TERMIOS_SIZE, 8).copyFrom(MemorySegment.ofArray(found));
            clear(termios, IFLAG, INPUT_PROCESSING);
            clear(termios, OFLAG, OPOST);
            clear(termios, LFLAG, LOCAL_PROCESSING);
            clear(termios, CFLAG, CSIZE_PARENB);
            termios.set(ValueLayout.JAVA_INT, CFLAG, termios.get(ValueLayout.JAVA_INT, CFLAG) | CS8);
            termios.set(ValueLayout.JAVA_BYTE, VMIN, (byte) 1);
            termios.set(ValueLayout.JAVA_BYTE, VTIME, (byte) 0);
            set(termios, "make the terminal raw");
            raw = true;
        }
    }

    /** What is typed is not shown, as passwords want it. */
    public void hideTyping() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment termios = arena.allocate(TERMIOS_SIZE, 8).copyFrom(MemorySegment.ofArray(found));
            clear(termios, LFLAG, ECHO);
            set(termios, "hide what is typed");
            raw = true;
        }
    }

    private static void clear(MemorySegment termios, int offset, int bits) {
        termios.set(ValueLayout.JAVA_INT, offset, termios.get(ValueLayout.JAVA_INT, offset) & ~bits);
    }

    private static void set(MemorySegment termios, String doing) {
        Kernel.running().call(SystemCall.IOCTL, doing, STANDARD_INPUT, TCSETS, termios.address());
    }

    /** Its size; empty where it does not know. */
    public Optional<Size> size() {
        return sizeOf(STANDARD_INPUT);
    }

    /** The size of a terminal that is open by this number; empty where it does not know, or where that is none. */
    public static Optional<Size> sizeOf(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(8, 8);
            long result = Kernel.running().raw(SystemCall.IOCTL, descriptor, TIOCGWINSZ, size.address(), 0);
            int rows = Short.toUnsignedInt(size.get(ValueLayout.JAVA_SHORT, 0));
            int columns = Short.toUnsignedInt(size.get(ValueLayout.JAVA_SHORT, 2));
            return result < 0 || rows == 0 || columns == 0 ? Optional.empty() : Optional.of(new Size(rows, columns));
        }
    }

    static void setSize(Fd master, int rows, int columns) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(8, 8);
            size.set(ValueLayout.JAVA_SHORT, 0, (short) rows);
            size.set(ValueLayout.JAVA_SHORT, 2, (short) columns);
            long result = Kernel.running().raw(SystemCall.IOCTL, master.number(), TIOCSWINSZ, size.address(), 0);
            if (result < 0 && result != -Errno.EIO.number()) {
                throw new LinuxException(SystemCall.IOCTL, (int) -result, "resize a terminal");
            }
        }
    }

    @Override
    public void close() {
        if (!raw) {
            return;
        }
        raw = false;
        try (Arena arena = Arena.ofConfined()) {
            set(arena.allocate(TERMIOS_SIZE, 8).copyFrom(MemorySegment.ofArray(found)), "restore the terminal");
        }
    }
}
