package dev.berth.linux.event;

import dev.berth.linux.Errno;
import dev.berth.linux.Fd;
import dev.berth.linux.Kernel;
import dev.berth.linux.LinuxException;
import dev.berth.linux.asm.Machine;
import dev.berth.linux.asm.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One thread that waits for many descriptors and calls their handlers. Handlers must not block. Registering and
 * changing interest may be done from any thread; a descriptor is best closed on the loop's own ({@link #execute}), so
 * that no event of a later descriptor of the same number is taken for its own.
 */
public final class EventLoop implements AutoCloseable {
    public static final int READABLE = 0x001;
    public static final int WRITABLE = 0x004;
    /** Always told, asked for or not. */
    public static final int ERROR = 0x008;
    /** The other side is gone; always told. */
    public static final int HANG_UP = 0x010;

    private static final int EPOLL_CLOEXEC = 0x80000;
    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLL_CTL_DEL = 2;
    private static final int EPOLL_CTL_MOD = 3;
    private static final int EFD_CLOEXEC_NONBLOCK = 0x80800;
    private static final int BATCH = 64;
    private static final int READ_BUFFER_SIZE = 64 * 1024;
    private static final long WAKE_UP = 0;

    private final Kernel kernel = Kernel.running();
    /** {@code struct epoll_event} is packed on x86-64 alone (epoll_ctl(2)). */
    private final int dataOffset = kernel.machine() == Machine.X86_64 ? 4 : 8;

    private final int eventSize = dataOffset + 8;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment events = arena.allocate((long) BATCH * eventSize, 8);
    private final MemorySegment readBuffer = arena.allocate(READ_BUFFER_SIZE, 8);
    private final MemorySegment one = arena.allocate(8, 8);
    private final Fd epoll;
    private final Fd wakeUp;
    private final Map<Long, Registration> registrations = new ConcurrentHashMap<>();
    private final AtomicLong lastId = new AtomicLong(WAKE_UP);
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean closing;

    /** Starts the loop's thread, a daemon one of this name. */
    public EventLoop(String name) {
        one.set(ValueLayout.JAVA_LONG, 0, 1);
        epoll = new Fd((int) kernel.call(SystemCall.EPOLL_CREATE1, "make an epoll instance", EPOLL_CLOEXEC));
        wakeUp = new Fd((int) kernel.call(SystemCall.EVENTFD2, "make an event counter", 0, EFD_CLOEXEC_NONBLOCK));
        control(EPOLL_CTL_ADD, wakeUp.number(), READABLE, WAKE_UP);
        thread = Thread.ofPlatform().daemon(true).name(name).unstarted(this::run);
        thread.start();
    }

    /** Is told, on the loop's thread, which of the events have come. */
    @FunctionalInterface
    public interface Handler {
        void ready(int events);
    }

    /** A descriptor that is waited for. */
    public final class Registration {
        private final long id;
        private final Fd fd;
        private final Handler handler;

        private Registration(long id, Fd fd, Handler handler) {
            this.id = id;
            this.fd = fd;
            this.handler = handler;
        }

        /** Changes what is waited for: {@link #READABLE}, {@link #WRITABLE}, both or 0. */
        public void interest(int events) {
            control(EPOLL_CTL_MOD, fd.number(), events, id);
        }

        /** No longer waits. The descriptor stays open. Idempotent. */
        public void cancel() {
            if (registrations.remove(id) != null && fd.isOpen()) {
                control(EPOLL_CTL_DEL, fd.number(), 0, id);
            }
        }
    }

    /** Waits for events of a descriptor, which stays the caller's. */
    public Registration register(Fd fd, int events, Handler handler) {
        Registration registration = new Registration(lastId.incrementAndGet(), fd, handler);
        registrations.put(registration.id, registration);
        try {
            control(EPOLL_CTL_ADD, fd.number(), events, registration.id);
        } catch (LinuxException e) {
            registrations.remove(registration.id);
            throw e;
        }
        return registration;
    }

    /** Runs a task on the loop's thread, soon. Tasks run in the order in which one thread gives them. */
    public void execute(Runnable task) {
        tasks.add(task);
        kernel.raw(SystemCall.WRITE, wakeUp.number(), one.address(), 8, 0);
    }

    /** Whether the caller is on the loop's thread. */
    public boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /** A buffer for handlers to read into, one at a time: it holds nothing from one call of a handler to the next. */
    public MemorySegment readBuffer() {
        return readBuffer;
    }

    private void control(int operation, int fd, int interest, long id) {
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment event = confined.allocate(16, 8);
            event.set(ValueLayout.JAVA_INT, 0, interest);
            event.set(ValueLayout.JAVA_LONG_UNALIGNED, dataOffset, id);
            kernel.call(
                    SystemCall.EPOLL_CTL,
                    "wait for events of descriptor " + fd,
                    epoll.number(),
                    operation,
                    fd,
                    event.address());
        }
    }

    private void run() {
        while (!closing) {
            long count = kernel.raw(SystemCall.EPOLL_PWAIT, epoll.number(), events.address(), BATCH, -1, 0, 0);
            if (count < 0 && count != -Errno.EINTR.number()) {
                throw new LinuxException(SystemCall.EPOLL_PWAIT, (int) -count, "wait for events");
            }
            for (int i = 0; i < count; i++) {
                long at = (long) i * eventSize;
                dispatch(
                        events.get(ValueLayout.JAVA_LONG_UNALIGNED, at + dataOffset),
                        events.get(ValueLayout.JAVA_INT_UNALIGNED, at));
            }
        }
        runTasks();
    }

    private void dispatch(long id, int ready) {
        if (id == WAKE_UP) {
            kernel.raw(SystemCall.READ, wakeUp.number(), readBuffer.address(), 8, 0);
            runTasks();
            return;
        }
        Registration registration = registrations.get(id);
        if (registration != null) {
            guarded(() -> registration.handler.ready(ready));
        }
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            guarded(task);
        }
    }

    /** One handler's mistake must not end the loop for all others. */
    private void guarded(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            System.getLogger(EventLoop.class.getName())
                    .log(System.Logger.Level.ERROR, "a handler of " + thread.getName() + " failed", e);
        }
    }

    /** Ends the thread, having run the tasks given so far. Registered descriptors stay open. */
    @Override
    public void close() {
        if (closing) {
            return;
        }
        closing = true;
        execute(() -> {});
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return; // the thread still uses what would be freed
        }
        epoll.close();
        wakeUp.close();
        arena.close();
    }
}
