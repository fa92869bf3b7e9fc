package dev.berth.level.os.launch;

import dev.berth.level.LevelException;
import dev.berth.level.os.capability.Capability;
import dev.berth.level.os.host.HostFacts;
import dev.berth.level.os.oci.RuntimeConfig;
import dev.berth.level.os.oci.RuntimeConfig.Process;
import dev.berth.linux.Errno;
import dev.berth.linux.launch.Calls;
import dev.berth.linux.launch.LaunchException;
import dev.berth.linux.launch.Operand;
import dev.berth.linux.launch.Program;
import dev.berth.linux.launch.Step;
import dev.berth.linux.namespace.UserNamespace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The last part of a child's program, the same for a sandbox's first process and for further ones: streams, working
 * directory, limits, privileges, and the exec. Runs inside the container's root.
 */
final class ProcessSteps {
    /** The numbers of setrlimit(2) by the names of OCI. */
    private static final Map<String, Integer> LIMITS = Map.ofEntries(
            Map.entry("RLIMIT_CPU", 0),
            Map.entry("RLIMIT_FSIZE", 1),
            Map.entry("RLIMIT_DATA", 2),
            Map.entry("RLIMIT_STACK", 3),
            Map.entry("RLIMIT_CORE", 4),
            Map.entry("RLIMIT_RSS", 5),
            Map.entry("RLIMIT_NPROC", 6),
            Map.entry("RLIMIT_NOFILE", 7),
            Map.entry("RLIMIT_MEMLOCK", 8),
            Map.entry("RLIMIT_AS", 9),
            Map.entry("RLIMIT_LOCKS", 10),
            Map.entry("RLIMIT_SIGPENDING", 11),
            Map.entry("RLIMIT_MSGQUEUE", 12),
            Map.entry("RLIMIT_NICE", 13),
            Map.entry("RLIMIT_RTPRIO", 14),
            Map.entry("RLIMIT_RTTIME", 15));

    private static final int UMASK = 022;
    private static final int FIRST_INHERITED = 3;

    private final Program program;
    private final Calls calls;
    private final Process process;
    private final List<Step> executions = new ArrayList<>();
    private Optional<Step> directoryChange = Optional.empty();

    ProcessSteps(Program program, Calls calls, Process process) {
        this.program = program;
        this.calls = calls;
        this.process = process;
    }

    /** Makes the working directory where it is missing, as Docker does, and goes there. */
    void workingDirectory(boolean make) {
        if (make && !process.cwd().equals("/")) {
            StringBuilder path = new StringBuilder();
            for (String name : process.cwd().split("/")) {
                if (!name.isEmpty()) {
                    path.append('/').append(name);
                    calls.makeDirectory(Operand.of(-100), path.toString(), 0755).tolerating(Errno.EROFS, Errno.ENOTDIR);
                }
            }
        }
        directoryChange = Optional.of(calls.changeDirectory(
                process.cwd(), () -> "chdir to cwd (\"" + process.cwd() + "\") set in config.json failed"));
    }

    /** Everything from the streams to the exec. */
    void becomeProcess(Stdio stdio, Optional<byte[]> filter, HostFacts host, Optional<Init> init) {
        streams(stdio);
        limits();
        calls.umask(UMASK);
        calls.resetSignals(host.ignoredSignals());
        calls.closeOnExecFrom(FIRST_INHERITED);
        beOnlyUser();
        // Without no_new_privs a filter can be loaded only while we are privileged, with it also at the very end,
        // where it need not allow the steps before the exec (as runc orders it).
        if (process.noNewPrivileges()) {
            privileges(host.lastCapability());
            calls.noNewPrivileges();
            filter.ifPresent(calls::filterSystemCalls);
        } else {
            filter.ifPresent(calls::filterSystemCalls);
            privileges(host.lastCapability());
        }
        execute(init);
    }

    private void streams(Stdio stdio) {
        calls.duplicate(Operand.of(stdio.input()), 0);
        calls.duplicate(Operand.of(stdio.output()), 1);
        calls.duplicate(Operand.of(stdio.error()), 2);
        calls.newSession(stdio.terminal());
        int uid = process.user().uid();
        if (uid != 0) {
            for (int descriptor = stdio.inputIsNull() ? 1 : 0; descriptor <= 2; descriptor++) {
                calls.changeOwner(Operand.of(descriptor), uid, -1).bestEffort();
            }
        }
    }

    private void limits() {
        for (RuntimeConfig.Rlimit limit : process.rlimits()) {
            Integer number = LIMITS.get(limit.type());
            if (number == null) {
                throw new LevelException(LevelException.Kind.INVALID, "invalid ulimit type: " + limit.type());
            }
            calls.limit(number, limit.soft(), limit.hard(), () -> "error setting rlimit type " + number);
        }
    }

    /**
     * Where the engine has no users but root, whoever is to be another has a user namespace that calls root so: programs
     * that refuse to be root's run, and all of the container's files look like their own.
     */
    private void beOnlyUser() {
        RuntimeConfig.User user = process.user();
        if (UserNamespace.own().single() && (user.uid() != 0 || user.gid() != 0)) {
            calls.becomeOnly(user.uid(), user.gid());
        }
    }

    private void privileges(int lastCapability) {
        RuntimeConfig.Capabilities sets = process.capabilities();
        calls.boundCapabilities(mask(sets.bounding()), lastCapability);
        calls.keepCapabilities(true);
        RuntimeConfig.User user = process.user();
        if (!UserNamespace.own().single()) { // else nobody may change groups, and there is but one
            calls.setGroups(user.additionalGids());
        }
        calls.setIdentity(user.uid(), user.gid());
        calls.keepCapabilities(false);
        calls.setCapabilities(
                mask(sets.effective()), mask(sets.permitted()), mask(sets.inheritable()), mask(sets.ambient()));
    }

    private static long mask(List<String> names) {
        return Capability.mask(names.stream().map(Capability::of).toList());
    }

    /** Tries the candidates in the order of PATH, going on where a file is missing or may not be executed. */
    private void execute(Optional<Init> init) {
        long environment = program.strings(process.env());
        if (init.isPresent()) {
            List<String> arguments = new ArrayList<>(List.of("docker-init"));
            arguments.addAll(init.get().arguments());
            executions.add(calls.execute(
                    Operand.of(init.get().descriptor()), "the init", program.strings(arguments), environment));
        } else {
            long arguments = program.strings(process.args());
            for (String candidate : Search.candidates(process)) {
                executions.add(calls.execute(candidate, arguments, environment)
                        .tolerating(Errno.ENOENT, Errno.ENOTDIR, Errno.EACCES));
            }
        }
        program.stop(() -> "exec: \"" + process.args().getFirst() + "\"");
    }

    /** The failure in the engine's terms, and in the words that Docker's command line looks for. */
    LevelException failure(LaunchException e) {
        if (executions.contains(e.step()) || e.errno() == 0 || e.step().returned() == 0) {
            return executionFailure(e);
        }
        if (directoryChange.filter(step -> step == e.step()).isPresent()) {
            return new LevelException(LevelException.Kind.NOT_EXECUTABLE, String.valueOf(e.getMessage()), e);
        }
        return new LevelException(LevelException.Kind.FAILED, String.valueOf(e.getMessage()), e);
    }

    private LevelException executionFailure(LaunchException e) {
        String name = process.args().getFirst();
        for (Step step : executions) {
            int errno = (int) -step.returned();
            if (Errno.EACCES.is(errno)) {
                return notExecutable(name, "permission denied", e);
            }
            if (errno != 0 && !Errno.ENOENT.is(errno) && !Errno.ENOTDIR.is(errno)) {
                return notExecutable(name, Errno.explain(errno).replaceAll(" \\(.*", ""), e);
            }
        }
        String reason = name.contains("/") ? "no such file or directory" : "executable file not found in $PATH";
        String how = name.contains("/") ? "stat " + name + ": " + reason : reason;
        return new LevelException(LevelException.Kind.NOT_FOUND, "exec: \"" + name + "\": " + how, e);
    }

    private static LevelException notExecutable(String name, String reason, LaunchException e) {
        return new LevelException(LevelException.Kind.NOT_EXECUTABLE, "exec: \"" + name + "\": " + reason, e);
    }
}
