package dev.berth.linux.launch;

import dev.berth.linux.Errno;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** One call of a {@link Program}. What happens on an error is a failure of the program unless said otherwise here. */
public final class Step {
    private final MemorySegment record;
    private final Description description;
    private int tolerated;

    Step(MemorySegment record, Description description) {
        this.record = record;
        this.description = description;
    }

    /** Words for what the step does, made only when they are needed. */
    @FunctionalInterface
    public interface Description {
        /** What is being done, to what: {@code mount proc on /proc}. */
        String text();
    }

    /** Lets these errors be no failure; at most three. */
    public Step tolerating(Errno... errors) {
        for (Errno errno : errors) {
            if (tolerated == Layout.TOLERATED) {
                throw new IllegalArgumentException("a step tolerates at most " + Layout.TOLERATED + " errors");
            }
            record.set(ValueLayout.JAVA_LONG, Layout.RECORD_TOLERATED + 8L * tolerated++, -errno.number());
        }
        return this;
    }

    /** Lets no error be a failure. */
    public Step bestEffort() {
        record.set(ValueLayout.JAVA_LONG, Layout.RECORD_ON_ERROR, Layout.CONTINUE);
        return this;
    }

    /** Goes on at a later step when this one fails. */
    public Step onErrorGoTo(Step other) {
        record.set(ValueLayout.JAVA_LONG, Layout.RECORD_ON_ERROR, other.record.address());
        return this;
    }

    /** Has whoever makes a child by this step go on at a later one; the child takes the step that follows. */
    public Step makerGoesTo(Step other) {
        record.set(ValueLayout.JAVA_LONG, Layout.RECORD_MAKER, other.record.address());
        return this;
    }

    /** This step's result as an argument of a later one. */
    public Operand result() {
        return new Operand.ResultOf(this);
    }

    /** What the step returned when the program ran: a result, or a negated error number; 0 where it was not reached. */
    public long returned() {
        return record.get(ValueLayout.JAVA_LONG, Layout.RECORD_RESULT);
    }

    String description() {
        return description.text();
    }

    long address() {
        return record.address();
    }
}
