package dev.berth.engine.stream;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * One taker of what a process prints. While the taker is quick, its sink is called by the thread that has the bytes;
 * once it has asked to wait, what still arrives is queued and told by a virtual thread when it goes on. The queue stays
 * small, because the process is held up as long as the outlet is shut.
 */
final class Outlet {
    private final boolean stdout;
    private final boolean stderr;
    private final OutputSink sink;
    private final Consumer<Outlet> opened;
    private final Queue<Runnable> queue = new ArrayDeque<>();
    private boolean held;
    private boolean shut;
    private boolean busy;
    private boolean ended;

    /**
     * @param held whether everything is queued until {@link #release}
     * @param opened called when it can take more after it could not
     */
    Outlet(boolean stdout, boolean stderr, OutputSink sink, boolean held, Consumer<Outlet> opened) {
        this.stdout = stdout;
        this.stderr = stderr;
        this.sink = sink;
        this.held = held;
        this.opened = opened;
    }

    /** Gives bytes; false when there should be no more until it has opened. One call at a time. */
    boolean offer(OutputSink.Stream stream, ByteBuffer bytes) {
        if (stream == OutputSink.Stream.STDERR ? !stderr : !stdout) {
            return true;
        }
        synchronized (this) {
            if (ended) {
                return true;
            }
            if (busy || shut || held) {
                ByteBuffer copy =
                        ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
                queue.add(() -> call(stream, copy));
                return false;
            }
            busy = true;
        }
        call(stream, bytes);
        return tellRest();
    }

    /** Lets go of what was held from the beginning. */
    void release() {
        synchronized (this) {
            held = false;
        }
        goOn();
    }

    void resume() {
        synchronized (this) {
            shut = false;
        }
        goOn();
    }

    /** The process has ended: the sink is told so after all that is queued. */
    void end() {
        synchronized (this) {
            queue.add(this::finish);
            if (queue.size() == 1 && !held) {
                shut = false; // the end is no output: nobody is asked whether they can take it
            }
        }
        goOn();
    }

    /** The taker has gone: nothing more is told. */
    synchronized void detach() {
        ended = true;
        queue.clear();
    }

    private void goOn() {
        synchronized (this) {
            if (busy || shut || held) {
                return;
            }
            if (!queue.isEmpty()) {
                busy = true;
                Thread.ofVirtual().start(() -> {
                    if (tellRest()) {
                        opened.accept(this);
                    }
                });
                return;
            }
        }
        opened.accept(this);
    }

    /** Tells what is queued as far as the taker takes it; gives whether it can take more. Whoever made it busy calls. */
    private boolean tellRest() {
        while (true) {
            Runnable next;
            synchronized (this) {
                next = shut ? null : queue.poll();
                if (next == null) {
                    busy = false;
                    return !shut;
                }
            }
            next.run();
        }
    }

    private void call(OutputSink.Stream stream, ByteBuffer bytes) {
        mark(true); // before the call: a resume that comes while it still runs takes the mark away
        if (sink.write(stream, bytes)) {
            mark(false);
        }
    }

    private synchronized void mark(boolean isShut) {
        shut = isShut;
    }

    private void finish() {
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
        }
        sink.end();
    }
}
