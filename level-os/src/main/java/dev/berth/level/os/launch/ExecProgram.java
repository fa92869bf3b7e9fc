package dev.berth.level.os.launch;

import dev.berth.level.LevelException;
import dev.berth.level.os.host.HostFacts;
import dev.berth.level.os.oci.RuntimeConfig.Namespace;
import dev.berth.level.os.oci.RuntimeConfig.Process;
import dev.berth.linux.file.Open;
import dev.berth.linux.launch.Calls;
import dev.berth.linux.launch.LaunchException;
import dev.berth.linux.launch.Operand;
import dev.berth.linux.launch.Program;
import dev.berth.linux.launch.Step;
import dev.berth.linux.process.Pidfd;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The program of a further process in a running sandbox: it enters the control groups and the namespaces of the first
 * process, and goes on as every process does. The PID namespace is entered by the launcher, for only a child made
 * there is in it. Closing it frees the program's memory.
 */
public final class ExecProgram implements AutoCloseable {
    private static final int CAPACITY = 256;

    private final Program program = new Program(CAPACITY);
    private final ProcessSteps processSteps;

    /**
     * Writes the program down.
     *
     * @param first the sandbox's first process; borrowed
     * @param namespaces those of the sandbox; what it shares with the engine may be nobody's to enter
     * @param cgroupEntries files to write {@code 0} into
     */
    public ExecProgram(
            Process process,
            Pidfd first,
            List<Namespace> namespaces,
            List<Path> cgroupEntries,
            Stdio stdio,
            Optional<byte[]> filter,
            HostFacts host) {
        Calls calls = new Calls(program);
        processSteps = new ProcessSteps(program, calls, process);
        try {
            for (Path entry : cgroupEntries) {
                Step file = calls.open(entry.toString(), Open.WRITE);
                calls.write(file.result(), "0", () -> "enter the control group " + entry.getParent());
            }
            calls.enterNamespace(
                    Operand.of(first.fd().number()),
                    SandboxProgram.flagsToEnter(namespaces),
                    () -> "enter the container's namespaces");
            processSteps.workingDirectory(false);
            processSteps.becomeProcess(stdio, filter, host, Optional.empty());
        } catch (RuntimeException e) {
            program.close();
            throw e;
        }
    }

    /** The laid-out program, for the launcher. */
    public Program program() {
        return program;
    }

    /** A failure of the launch in the engine's terms. */
    public LevelException failure(LaunchException e) {
        return processSteps.failure(e);
    }

    @Override
    public void close() {
        program.close();
    }
}
