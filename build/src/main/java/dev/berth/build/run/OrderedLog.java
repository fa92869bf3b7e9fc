package dev.berth.build.run;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Texts of stages that run side by side, in the order of the stages: what a later one has to say waits for the end of those
 * before it.
 */
final class OrderedLog {
    /** What waits of one stage; one that has more to say waits itself. It waits for earlier ones alone, and they never for it. */
    private static final int MOST_CHARS = 1 << 20;

    private final Consumer<String> out;
    private final List<Part> parts = new ArrayList<>();
    private int head;
    private boolean ended;

    OrderedLog(Consumer<String> out) {
        this.out = out;
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
        private final StringBuilder waiting = new StringBuilder();
        private boolean complete;

        private Part(int index) {
            this.index = index;
        }

        void print(String text) throws InterruptedException {
            synchronized (OrderedLog.this) {
                while (!ended && index > head && waiting.length() > MOST_CHARS) {
                    OrderedLog.this.wait();
                }
                if (ended) {
                    return;
                }
                if (index <= head) {
                    out.accept(text);
                } else {
                    waiting.append(text);
                }
            }
        }

        /** The stage is complete. */
        void close() {
            synchronized (OrderedLog.this) {
                complete = true;
                while (!ended && head < parts.size() && parts.get(head).complete) {
                    head++;
                    if (head < parts.size() && !parts.get(head).waiting.isEmpty()) {
                        out.accept(parts.get(head).waiting.toString());
                        parts.get(head).waiting.setLength(0);
                    }
                }
                OrderedLog.this.notifyAll();
            }
        }
    }
}
