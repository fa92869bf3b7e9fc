package dev.berth.engine.stream;

/**
 * What stands between a thread that has time and a sink that may ask to wait. Holds up the thread after a call of the
 * sink's said so, until the taker resumes or closes.
 */
public final class Gate {
    private boolean shut;
    private boolean closed;

    /** A sink's call, which says whether more may come at once. */
    public interface Call {
        boolean run();
    }

    /**
     * Makes the call once more may come.
     *
     * @return false when the taker has closed; the call was not made then
     */
    public boolean pass(Call call) throws InterruptedException {
        synchronized (this) {
            while (shut && !closed) {
                wait();
            }
            if (closed) {
                return false;
            }
            shut = true; // before the call: a resume that comes while it still runs opens again
        }
        if (call.run()) {
            resume();
        }
        return true;
    }

    /** The taker can take more. */
    public synchronized void resume() {
        shut = false;
        notifyAll();
    }

    /** The taker wants nothing more. Gives whether it did until now. */
    public synchronized boolean close() {
        boolean first = !closed;
        closed = true;
        notifyAll();
        return first;
    }

    public synchronized boolean isClosed() {
        return closed;
    }
}
