package dev.berth.linux;

import dev.berth.linux.asm.Machine;
import dev.berth.linux.asm.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * System calls, from Java. There is one downcall handle, because each distinct signature costs tens of milliseconds of
 * a process's start: it takes the address of a function and seven words, and so serves the C library's
 * {@code syscall(2)} as well as the launcher's own code. Made when first used; safe for use by many threads.
 */
public final class Kernel {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG;
    /** What {@link Linker.Option#captureCallState} writes on Linux: one int, errno. */
    private static final MemoryLayout CALL_STATE = Linker.Option.captureStateLayout();

    private final Machine machine;
    private final MethodHandle handle;
    private final MemorySegment syscall;
    private final ThreadLocal<MemorySegment> callState =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(CALL_STATE));

    private Kernel() {
        machine = Machine.host()
                .orElseThrow(() -> new IllegalStateException("Berth has no system-call table for the architecture "
                        + System.getProperty("os.arch") + "; it runs on amd64 and aarch64"));
        Linker linker = Linker.nativeLinker();
        handle = linker.downcallHandle(
                FunctionDescriptor.of(WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD),
                Linker.Option.captureCallState("errno"));
        syscall = linker.defaultLookup()
                .find("syscall")
                .orElseThrow(() -> new IllegalStateException("the C library has no function syscall"));
    }

    /** The kernel that runs this JVM. */
    public static Kernel running() {
        return Running.KERNEL;
    }

    private static final class Running {
        static final Kernel KERNEL = new Kernel();
    }

    /** The architecture whose numbers and code are used. */
    public Machine machine() {
        return machine;
    }

    /** Makes a call of up to six arguments: its result, or a negated error number. Never throws for the kernel's errors. */
    public long raw(SystemCall call, long a0, long a1, long a2, long a3, long a4, long a5) {
        long result = invoke(syscall, call.number(machine), a0, a1, a2, a3, a4, a5);
        return result == -1 ? -callState.get().get(ValueLayout.JAVA_INT, 0) : result;
    }

    public long raw(SystemCall call, long a0, long a1, long a2, long a3) {
        return raw(call, a0, a1, a2, a3, 0, 0);
    }

    public long raw(SystemCall call, long a0, long a1) {
        return raw(call, a0, a1, 0, 0, 0, 0);
    }

    /**
     * Makes a call and returns its result; repeats it where a signal interrupted it.
     *
     * @param doing what is being done, to what, for the error
     * @throws LinuxException when the kernel refuses
     */
    public long call(SystemCall call, String doing, long a0, long a1, long a2, long a3, long a4, long a5) {
        long result;
        do {
            result = raw(call, a0, a1, a2, a3, a4, a5);
        } while (result == -Errno.EINTR.number() && call != SystemCall.CLOSE);
        if (result < 0 && result >= -4095) {
            throw new LinuxException(call, (int) -result, doing);
        }
        return result;
    }

    public long call(SystemCall call, String doing, long a0, long a1, long a2, long a3, long a4) {
        return call(call, doing, a0, a1, a2, a3, a4, 0);
    }

    public long call(SystemCall call, String doing, long a0, long a1, long a2, long a3) {
        return call(call, doing, a0, a1, a2, a3, 0, 0);
    }

    public long call(SystemCall call, String doing, long a0, long a1, long a2) {
        return call(call, doing, a0, a1, a2, 0, 0, 0);
    }

    public long call(SystemCall call, String doing, long a0, long a1) {
        return call(call, doing, a0, a1, 0, 0, 0, 0);
    }

    public long call(SystemCall call, String doing, long a0) {
        return call(call, doing, a0, 0, 0, 0, 0, 0);
    }

    /** Calls code at an address as a C function of seven words. Errors of the called code are its own affair. */
    public long invoke(MemorySegment function, long a0, long a1, long a2, long a3, long a4, long a5, long a6) {
        try {
            return (long) handle.invokeExact(function, callState.get(), a0, a1, a2, a3, a4, a5, a6);
        } catch (Throwable e) {
            throw new IllegalStateException("a native call failed before it was made", e);
        }
    }
}
