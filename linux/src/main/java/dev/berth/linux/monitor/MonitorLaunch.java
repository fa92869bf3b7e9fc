package dev.berth.linux.monitor;

import dev.berth.linux.Fd;
import dev.berth.linux.event.Pipe;
import dev.berth.linux.file.OpenFile;
import dev.berth.linux.launch.Calls;
import dev.berth.linux.launch.CloneFlags;
import dev.berth.linux.launch.Grandchild;
import dev.berth.linux.launch.Operand;
import dev.berth.linux.launch.Program;
import dev.berth.linux.launch.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The part of a program that puts a {@link MonitorProgram} between the launcher and a process: {@link #begin}, the steps
 * of the process up to its exec, {@link #end}. It is launched with {@link
 * dev.berth.linux.launch.Launcher.Options#sharedFiles}.
 */
public final class MonitorLaunch {
    /** The monitor's descriptor of the pipe's other end, from which the report is read. */
    static final int REPORT_OUTPUT = 3;

    /** Its descriptor of the process, a pidfd. */
    static final int PROCESS = 4;

    /** The first of those it holds for nothing but to be fetched. */
    static final int FIRST_HELD = 5;

    /** The standard streams of this process, which are not closed on exec. */
    private static final int FIRST_INHERITED = 3;

    private final Program program;
    private final Calls calls;
    private final Held held;
    private final Grandchild process;

    /**
     * What the monitor is made of; all of it borrowed for the launch.
     *
     * @param executable the monitor's program
     * @param record an empty file, in which it tells its process id before it makes the process
     * @param report the pipe of the report
     * @param input what it closes when it is told to
     * @param others what else it holds, in the order in which {@link Monitor#held} counts; at most eleven
     */
    public record Held(Fd executable, OpenFile record, Pipe report, Fd input, List<Fd> others) {
        public Held {
            others = List.copyOf(others);
            if (others.size() > MonitorProgram.FIRST_FREE - FIRST_HELD) {
                throw new IllegalArgumentException("a monitor holds no " + others.size() + " descriptors");
            }
        }
    }

    private MonitorLaunch(Program program, Calls calls, Held held, Grandchild process) {
        this.program = program;
        this.calls = calls;
        this.held = held;
        this.process = process;
    }

    /**
     * The steps up to the process's first.
     *
     * @param pidNamespace one to make the process in; borrowed
     * @param namespaces the {@link CloneFlags} of the namespaces that the process has of its own
     * @param cgroup a directory of cgroup v2 to start it in; borrowed
     */
    public static MonitorLaunch begin(
            Program program, Calls calls, Held held, Optional<Fd> pidNamespace, long namespaces, Optional<Fd> cgroup) {
        Step own = calls.processId();
        calls.writeResult(of(held.record().fd()), own, () -> "note the monitor's process id");
        pidNamespace.ifPresent(
                fd -> calls.enterNamespace(of(fd), CloneFlags.NEW_PID, () -> "enter the container's PID namespace"));
        return new MonitorLaunch(program, calls, held, calls.makeChild(namespaces, cgroup));
    }

    /** The steps behind the process's last: the monitor's own. */
    public void end() {
        Step own = calls.partWithDescriptorsFrom(FIRST_INHERITED);
        process.step().makerGoesTo(own);
        calls.changeDirectory("/", () -> "leave the working directory");
        calls.newSession(false);
        List<Operand> wanted = new ArrayList<>(List.of(
                of(held.input()),
                of(held.report().input()),
                of(held.record().fd()),
                of(held.report().output()),
                process.descriptor()));
        held.others().forEach(fd -> wanted.add(of(fd)));
        Operand executable = calls.duplicateAbove(MonitorProgram.FIRST_FREE, of(held.executable()))
                .result();
        List<Operand> safe = wanted.stream()
                .map(fd -> calls.duplicateAbove(MonitorProgram.FIRST_FREE, fd).result())
                .toList();
        for (int number = 0; number < safe.size(); number++) {
            calls.duplicate(safe.get(number), number);
        }
        calls.execute(executable, "the monitor", program.strings(List.of("berth-monitor")), program.strings(List.of()));
        program.stop(() -> "execute the monitor");
    }

    /** The process, while the program is there. */
    public Grandchild process() {
        return process;
    }

    private static Operand of(Fd fd) {
        return Operand.of(fd.number());
    }
}
