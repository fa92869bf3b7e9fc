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
    /** What waits of one stage; one that has more to say waits itself. It waits for earlier ones alone, and they never for it. */
    private static final int MOST_CHARS = 1 << 20;

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
        notifyAll();
    }

    /** What one stage has to say. */
    final class Part {
        private final int index;
        private StageSteps steps = StageSteps.none();
        private final StringBuilder waiting = new StringBuilder();
        private boolean complete;

        private Part(int index) {
            this.index = index;
        }

        void print(String text) throws InterruptedException {
            synchronized (OrderedLog.this) {
                while (!ended && isHeld() && waiting.length() > MOST_CHARS) {
                    OrderedLog.this.wait();
                }
                if (ended) {
                    return;
                }
                if (!isHeld()) {
                    out.text(index, text);
                } else {
                    waiting.append(text);
                }
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

        /** The stage has failed, the first one to do so: what others have to say would come behind it. */
        void fail() {
            synchronized (OrderedLog.this) {
                if (!ended) {
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
                    if (head < parts.size() && !parts.get(head).waiting.isEmpty()) {
                        out.text(head, parts.get(head).waiting.toString());
                        parts.get(head).waiting.setLength(0);
                    }
                }
                OrderedLog.this.notifyAll();
            }
        }
    }
}
