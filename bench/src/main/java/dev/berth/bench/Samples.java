package dev.berth.bench;

import java.util.Arrays;
import java.util.List;

/** Measured times in nanoseconds. */
record Samples(long[] nanos) {
    /** Runs the action so often unmeasured, then so often measured. */
    static Samples of(int warmUp, int runs, Action action) throws Exception {
        for (int i = 0; i < warmUp; i++) {
            action.run();
        }
        long[] nanos = new long[runs];
        for (int i = 0; i < runs; i++) {
            nanos[i] = action.run();
        }
        Arrays.sort(nanos);
        return new Samples(nanos);
    }

    /** Of times measured elsewhere. */
    static Samples of(List<Long> nanos) {
        return new Samples(nanos.stream().mapToLong(Long::longValue).sorted().toArray());
    }

    /** The value below which this share of the samples lies, in milliseconds. */
    double percentileMillis(int percent) {
        int index = Math.min(nanos.length - 1, nanos.length * percent / 100);
        return nanos[index] / 1e6;
    }

    /** Something that does its work and says how many nanoseconds of it count. */
    interface Action {
        long run() throws Exception;
    }
}
