package dev.berth.build.run;

import dev.berth.build.BuildListener;
import dev.berth.build.StepEvent;
import dev.berth.build.dockerfile.Dockerfile;
import dev.berth.build.dockerfile.Stage;
import java.util.ArrayList;
import java.util.List;

/**
 * Texts of stages that run side by side, in the order of the stages: what a later one has to say waits for the end of those
 * before it, unless the listener wants to hear of them side by side.
 */
final class OrderedLog {
    /**
     * What waits of one stage at least; of one that says more, the beginning is left out. It must not wait itself: those before
     * it may wait for the processor that it has, or for what it does.
     */
    private static final int MOST_CHARS = 1 << 20;
    /** The same of all of them together. */
    private static final int ALL_CHARS = 32 << 20;

    private final BuildListener out;
    private final boolean sideBySide;
    private final List<Part> parts = new ArrayList<>();
    private int head;
    private boolean ended;

    OrderedLog(BuildListener out) {
        this.out = out;
        this.sideBySide = out.sideBySide();
    }

    /** The next stage's; to be asked for in their order, and closed at the stage's end. */
    synchronized Part begin() {
        Part part = new Part(parts.size());
        parts.add(part);
        return part;
    }

    /** Nobody has anything to say any more: a stage has failed. */
    synchronized void end() {
        ended = true;
    }

    /** What one stage has to say. */
    final class Part {
        private final int index;
        private StageSteps steps = StageSteps.none();
        private final StringBuilder waiting = new StringBuilder();
        private long leftOut;
        private boolean complete;

        private Part(int index) {
            this.index = index;
        }

        void print(String text) {
            synchronized (OrderedLog.this) {
                if (!ended && isHeld()) {
                    hold(text);
                } else if (!ended) {
                    out.text(index, text);
                }
            }
        }

        private void hold(String text) {
            int most = Math.min(MOST_CHARS, ALL_CHARS / parts.size());
            waiting.append(text);
            if (waiting.length() > 2 * most) {
                leftOut += waiting.length() - most;
                waiting.delete(0, waiting.length() - most);
            }
        }

        private void release() {
            if (leftOut > 0) {
                out.text(index, "[the first " + leftOut + " characters of this stage are left out]\n");
            }
            if (!waiting.isEmpty()) {
                out.text(index, waiting.toString());
                waiting.setLength(0);
            }
        }

        /** Has the stage's steps told of, each by itself. */
        StageSteps number(Dockerfile dockerfile, Stage stage, boolean upon) {
            steps = StageSteps.of(dockerfile, stage, upon, this::tell);
            return steps;
        }

        StageSteps steps() {
            return steps;
        }

        private void tell(StepEvent event) {
            synchronized (OrderedLog.this) {
                if (!ended) {
                    out.step(event);
                }
            }
        }

        private boolean isHeld() {
            return index > head && !sideBySide;
        }

        /** The stage has failed, the first one to do so: it says why, and what others have to say would come behind it. */
        void fail() {
            synchronized (OrderedLog.this) {
                if (!ended) {
                    release();
                    out.failed(index);
                }
                end();
            }
        }

        /** The stage is complete. */
        void close() {
            synchronized (OrderedLog.this) {
                complete = true;
                while (!ended && head < parts.size() && parts.get(head).complete) {
                    head++;
                    if (head < parts.size()) {
                        parts.get(head).release();
                    }
                }
            }
        }
    }
}
