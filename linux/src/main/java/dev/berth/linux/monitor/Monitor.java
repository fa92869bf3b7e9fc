package dev.berth.linux.monitor;

import dev.berth.linux.Fd;
import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Open;
import dev.berth.linux.file.OpenFile;
import dev.berth.linux.process.ExitStatus;
import dev.berth.linux.process.Pidfd;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * A monitor that runs, whether this process has launched it or another one before. Closing this lets go of it; {@link
 * #end} ends it.
 */
public final class Monitor implements AutoCloseable {
    private static final int SIGKILL = 9;
    private static final int CODE_SHIFT = 8;
    private static final int SIGNAL_MASK = 0x7f;
    private static final int CODE_MASK = 0xff;

    private final Pidfd monitor;
    private final Fd end;
    private final Path record;

    /**
     * Takes over both descriptors.
     *
     * @param end the pipe that the report goes to
     * @param record the file that it goes to before
     */
    public Monitor(Pidfd monitor, Fd end, Path record) {
        this.monitor = monitor;
        this.end = end;
        this.record = record;
    }

    /** How and when its process ended. */
    public record Report(ExitStatus status, Instant at) {
        private static Report of(MemorySegment bytes) {
            int status = (int) bytes.get(ValueLayout.JAVA_LONG, 0);
            int signal = status & SIGNAL_MASK;
            return new Report(
                    signal == 0 ? new ExitStatus.Code(status >> CODE_SHIFT & CODE_MASK) : new ExitStatus.Signal(signal),
                    Instant.ofEpochSecond(bytes.get(ValueLayout.JAVA_LONG, 8), bytes.get(ValueLayout.JAVA_LONG, 16)));
        }
    }

    /**
     * The monitor that has this record; empty where it does not run any more. The caller closes it.
     *
     * @throws LinuxException where this process may not look at it
     */
    public static Optional<Monitor> of(Path record) {
        Optional<Integer> pid = pid(record);
        if (pid.isEmpty()) {
            return Optional.empty();
        }
        Pidfd process;
        try {
            process = Pidfd.open(pid.get());
        } catch (LinuxException e) {
            return Optional.empty(); // there is no process of this number
        }
        try {
            if (hasOpen(process, record)) {
                return Optional.of(new Monitor(process, process.descriptor(MonitorLaunch.REPORT_OUTPUT), record));
            }
        } catch (LinuxException e) {
            // it has ended meanwhile, or it is another one's process that now has the number
        }
        process.close();
        return Optional.empty();
    }

    /** A number may be another process's by now; who has the record open is the one. */
    private static boolean hasOpen(Pidfd process, Path record) {
        try (Fd held = process.descriptor(MonitorProgram.RECORD)) {
            return Files.isSameFile(Path.of(held.procPath()), record);
        } catch (IOException e) {
            return false;
        }
    }

    /** The process id that stands in a record; empty where none was written. */
    private static Optional<Integer> pid(Path record) {
        return read(record, 0, Long.BYTES).map(bytes -> Math.toIntExact(bytes[0]));
    }

    /** The report in a record; empty where none was written. */
    public static Optional<Report> report(Path record) {
        return read(record, Long.BYTES, MonitorProgram.REPORT_SIZE)
                .map(words -> Report.of(MemorySegment.ofArray(words)));
    }

    private static Optional<long[]> read(Path record, int offset, int size) {
        try (Arena arena = Arena.ofConfined()) {
            OpenFile file = OpenFile.open(record.toString(), Open.READ);
            try {
                MemorySegment bytes = arena.allocate(size, Long.BYTES);
                return file.readAt(offset, bytes) == size
                        ? Optional.of(bytes.toArray(ValueLayout.JAVA_LONG))
                        : Optional.empty();
            } finally {
                file.fd().close();
            }
        } catch (LinuxException e) {
            return Optional.empty(); // there is no record
        }
    }

    /**
     * Readable when its process has ended, or the monitor has been killed. Belongs to this object. What is in the pipe is
     * left there: it tells those who come later as well.
     */
    public Fd endFd() {
        return end;
    }

    /** How its process ended; empty where it has not, or the monitor was killed before. */
    public Optional<Report> report() {
        return report(record);
    }

    /**
     * The process it waits for, dead or alive; empty where the monitor is gone. The caller closes it.
     *
     * @param pid its number
     */
    public Optional<Pidfd> process(int pid) {
        return fetch(MonitorLaunch.PROCESS).map(fd -> new Pidfd(pid, fd));
    }

    /** The number of the process it waits for; 0 where that has ended. */
    public int processId() {
        try (Fd fd = fetch(MonitorLaunch.PROCESS).orElse(null)) {
            return fd == null ? 0 : Pidfd.numberOf(fd);
        }
    }

    /** A copy of what it closes when it is told to; empty where it has. The caller closes it. */
    public Optional<Fd> input() {
        return fetch(MonitorProgram.INPUT);
    }

    /** A copy of a descriptor it holds, counted from 0; empty where it has none there. The caller closes it. */
    public Optional<Fd> held(int index) {
        return fetch(MonitorLaunch.FIRST_HELD + index);
    }

    private Optional<Fd> fetch(int number) {
        try {
            return Optional.of(monitor.descriptor(number));
        } catch (LinuxException e) {
            return Optional.empty();
        }
    }

    /** Has it close the input, so that the process reads end of file once we have closed ours. */
    public void closeInput() {
        monitor.signal(MonitorProgram.CLOSE_INPUT);
    }

    /** Ends the monitor, and waits for it where it is a child of ours. What it held is closed then. */
    public void end() {
        monitor.signal(SIGKILL);
        try {
            monitor.waitFor();
        } catch (LinuxException e) {
            // another process's child, whose end is not ours to wait for
        }
        close();
    }

    @Override
    public void close() {
        end.close();
        monitor.close();
    }
}
