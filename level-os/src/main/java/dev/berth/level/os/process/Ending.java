package dev.berth.level.os.process;

import dev.berth.linux.Fd;
import dev.berth.linux.monitor.Monitor;
import dev.berth.linux.process.ExitStatus;
import dev.berth.linux.process.Pidfd;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/** How the end of a process is learnt, and how the process is reached until then. */
sealed interface Ending {
    /** How and when it ended. */
    record Ended(ExitStatus status, Instant at) {}

    /** Readable when it has ended. */
    Fd fd();

    /** How it ended, once {@link #fd} is readable. Called once. */
    Ended ended();

    /** Uses the process, alive or not; nothing once it cannot be told from another any more. */
    <T> Optional<T> withProcess(Function<Pidfd, T> use);

    /** Its input is closed, wherever else it is open. */
    void inputClosed();

    /** Nothing of it is needed any more. May wait a moment. */
    void finish();

    /** It is left to an engine that comes later. */
    void leave();

    /** The end of a child of this process. */
    final class OfChild implements Ending {
        private final Pidfd child;
        private boolean closed;

        /** Takes it over. */
        OfChild(Pidfd child) {
            this.child = child;
        }

        @Override
        public Fd fd() {
            return child.fd();
        }

        @Override
        public Ended ended() {
            ExitStatus status = child.reapNow();
            finish();
            return new Ended(status, Instant.now());
        }

        @Override
        public synchronized <T> Optional<T> withProcess(Function<Pidfd, T> use) {
            return closed ? Optional.empty() : Optional.of(use.apply(child));
        }

        @Override
        public void inputClosed() {}

        @Override
        public synchronized void finish() {
            closed = true;
            child.close();
        }

        @Override
        public void leave() {
            finish();
        }
    }

    /** The end of a monitor's child. */
    final class OfMonitored implements Ending {
        private static final int SIGKILL = 9;

        private final Monitor monitor;
        private final int pid;
        private boolean closed;

        /**
         * Takes it over.
         *
         * @param pid of its process
         */
        OfMonitored(Monitor monitor, int pid) {
            this.monitor = monitor;
            this.pid = pid;
        }

        @Override
        public Fd fd() {
            return monitor.endFd();
        }

        @Override
        public Ended ended() {
            return monitor.report()
                    .map(report -> new Ended(report.status(), report.at()))
                    .orElseGet(() -> new Ended(new ExitStatus.Signal(SIGKILL), Instant.now()));
        }

        @Override
        public <T> Optional<T> withProcess(Function<Pidfd, T> use) {
            synchronized (monitor) {
                Optional<Pidfd> process = closed ? Optional.empty() : monitor.process(pid);
                try {
                    return process.map(use);
                } finally {
                    process.ifPresent(Pidfd::close);
                }
            }
        }

        @Override
        public void inputClosed() {
            synchronized (monitor) {
                if (!closed) {
                    monitor.closeInput();
                }
            }
        }

        @Override
        public void finish() {
            synchronized (monitor) {
                closed = true;
                monitor.end();
            }
        }

        @Override
        public void leave() {
            synchronized (monitor) {
                closed = true;
                monitor.close();
            }
        }
    }

    /** An end that was learnt before. */
    final class Known implements Ending {
        private final Fd readable;
        private final Ended ended;

        /** Takes over a descriptor that is readable. */
        Known(Fd readable, Ended ended) {
            this.readable = readable;
            this.ended = ended;
        }

        @Override
        public Fd fd() {
            return readable;
        }

        @Override
        public Ended ended() {
            return ended;
        }

        @Override
        public <T> Optional<T> withProcess(Function<Pidfd, T> use) {
            return Optional.empty();
        }

        @Override
        public void inputClosed() {}

        @Override
        public void finish() {
            readable.close();
        }

        @Override
        public void leave() {
            finish();
        }
    }
}
