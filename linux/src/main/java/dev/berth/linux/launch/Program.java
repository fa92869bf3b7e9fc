package dev.berth.linux.launch;

import dev.berth.linux.Kernel;
import dev.berth.linux.asm.Machine;
import dev.berth.linux.asm.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The life of a child between clone and exec as a table of system calls, in the order in which they are added here.
 * Everything the calls point at lies in the program's own memory, which {@link #close} frees; not before the launch has
 * returned. Not safe for use by many threads.
 *
 * <p>This class knows how a table is laid out; what a sandbox, or any other child, has to do is written by its callers
 * with {@link Calls}, which names the calls and their arguments.
 */
public final class Program implements AutoCloseable {
    /** The child runs on this; it calls no function, so only the kernel's own needs count, and it has none. */
    private static final int STACK_SIZE = 4096;

    private static final int CHUNK_SIZE = 32 * 1024;

    /** Of the thread that writes the program and launches it: closing a shared one stops every thread for a moment. */
    private final Arena arena = Arena.ofConfined();

    private final Machine machine = Kernel.running().machine();
    private final List<Step> steps = new ArrayList<>();
    private final MemorySegment block;
    private final MemorySegment stack;
    private MemorySegment chunk;
    private long used;
    private final MemorySegment records;

    private long recordsUsed;
    private final int capacity;

    /** @param capacity how many steps it can hold */
    public Program(int capacity) {
        this.capacity = capacity;
        long recordBytes = (capacity + 1L) * Layout.RECORD_SIZE;
        chunk = arena.allocate(Layout.BLOCK_SIZE + STACK_SIZE + recordBytes + CHUNK_SIZE, 16);
        block = take(Layout.BLOCK_SIZE, 16);
        stack = take(STACK_SIZE, 16);
        records = take(recordBytes, 16);
    }

    /** Adds a call. */
    public Step call(SystemCall call, Step.Description description, Operand... arguments) {
        return add(call.number(machine), description, arguments);
    }

    /** Adds a call whose arguments are all known. */
    public Step call(SystemCall call, Step.Description description, long... arguments) {
        MemorySegment record = nextRecord();
        record.set(ValueLayout.JAVA_LONG, Layout.RECORD_NUMBER, call.number(machine));
        for (int i = 0; i < arguments.length; i++) {
            record.set(ValueLayout.JAVA_LONG, Layout.RECORD_ARGUMENTS + 8L * i, arguments[i]);
        }
        return added(record, description);
    }

    /** Adds the end of the walk: reaching it is a failure. Placed after the last execve. */
    public Step stop(Step.Description description) {
        return add(Layout.STOP, description);
    }

    private Step add(long number, Step.Description description, Operand... arguments) {
        MemorySegment record = nextRecord();
        record.set(ValueLayout.JAVA_LONG, Layout.RECORD_NUMBER, number);
        long indirect = 0;
        for (int i = 0; i < arguments.length; i++) {
            long value = switch (arguments[i]) {
                case Operand.Constant constant -> constant.value();
                case Operand.ResultOf result -> result.step().address() + Layout.RECORD_RESULT;
                case Operand.At at -> at.address();
            };
            if (!(arguments[i] instanceof Operand.Constant)) {
                indirect |= 1L << i;
            }
            record.set(ValueLayout.JAVA_LONG, Layout.RECORD_ARGUMENTS + 8L * i, value);
        }
        record.set(ValueLayout.JAVA_LONG, Layout.RECORD_INDIRECT, indirect);
        return added(record, description);
    }

    private MemorySegment nextRecord() {
        if (steps.size() == capacity) {
            throw new IllegalStateException("the program holds at most " + capacity + " steps");
        }
        MemorySegment record = records.asSlice(recordsUsed, Layout.RECORD_SIZE);
        recordsUsed += Layout.RECORD_SIZE;
        return record;
    }

    private Step added(MemorySegment record, Step.Description description) {
        Step step = new Step(record, description);
        steps.add(step);
        return step;
    }

    /** Zeroed memory of the program's, aligned to 16 bytes. */
    public MemorySegment allocate(long bytes) {
        return take(bytes, 16);
    }

    /** The address of a string in the program's memory, ended by a zero byte. */
    public long string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return bytes(bytes, bytes.length + 1).address();
    }

    /** The bytes in the program's memory, in a segment of this size. */
    public MemorySegment bytes(byte[] bytes, int size) {
        MemorySegment segment = take(size, 8);
        MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return segment;
    }

    /** The address of a vector of strings as execve(2) takes it, ended by a null pointer. */
    public long strings(List<String> texts) {
        MemorySegment vector = take(8L * (texts.size() + 1), 8);
        for (int i = 0; i < texts.size(); i++) {
            vector.setAtIndex(ValueLayout.JAVA_LONG, i, string(texts.get(i)));
        }
        return vector.address();
    }

    private MemorySegment take(long bytes, long alignment) {
        long start = (used + alignment - 1) & -alignment;
        if (start + bytes > chunk.byteSize()) {
            chunk = arena.allocate(Math.max(CHUNK_SIZE, bytes), 16);
            start = 0;
        }
        used = start + bytes;
        return chunk.asSlice(start, bytes);
    }

    MemorySegment block() {
        return block;
    }

    MemorySegment stack() {
        return stack;
    }

    long firstRecord() {
        return records.address();
    }

    /** The step whose record is at the address. */
    Step at(long address) {
        return steps.get((int) ((address - records.address()) / Layout.RECORD_SIZE));
    }

    @Override
    public void close() {
        arena.close();
    }
}
