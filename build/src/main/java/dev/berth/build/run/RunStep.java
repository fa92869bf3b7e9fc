package dev.berth.build.run;

import dev.berth.build.BuildException;
import dev.berth.build.dockerfile.CommandLine;
import dev.berth.build.dockerfile.Instruction;
import dev.berth.build.dockerfile.MountFlag;
import dev.berth.build.dockerfile.RunMount;
import dev.berth.build.dockerfile.RunNetwork;
import dev.berth.build.dockerfile.RunSecurity;
import dev.berth.build.dockerfile.Variables;
import dev.berth.image.files.FileTree;
import dev.berth.image.files.MountPoints;
import dev.berth.linux.namespace.UserNamespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A RUN: what it is known by, what it has mounted, and how its process runs. For one thread. */
final class RunStep {
    private static final String AGENT = "SSH_AUTH_SOCK=";
    private static final String PIPES = "/dev/pipes/";

    /** Where apt reads more of its configuration (apt.conf(5)). */
    private static final String APT = "APT_CONFIG";

    private static final String APT_FILE = "/dev/berth/apt.conf";

    /** What apt fetches it fetches as a user of its own, and looks whether it is that one: where there is but one, it is not. */
    private static final String APT_OF_ONE_USER = "APT::Sandbox::User \"root\";\n";

    /** What every container has mounted. */
    private static final List<String> USUAL_MOUNTS =
            List.of("/proc", "/sys", "/dev", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf");

    private final Build build;
    private final int stage;
    private final OrderedLog.Part log;
    private final Instruction.Run run;
    private final StepState state;
    private final Variables variables;
    private final List<RunMount> mounts;
    private final List<String> words;

    private RunStep(
            Build build,
            int stage,
            OrderedLog.Part log,
            Instruction.Run run,
            StepState state,
            Variables variables,
            List<RunMount> mounts,
            List<String> words) {
        this.build = build;
        this.stage = stage;
        this.log = log;
        this.run = run;
        this.state = state;
        this.variables = variables;
        this.mounts = mounts;
        this.words = words;
    }

    /**
     * The step that an instruction is.
     *
     * @param stage its number in the Dockerfile
     * @param state what it is done upon
     */
    static RunStep of(
            Build build, int stage, OrderedLog.Part log, Instruction.Run run, StepState state, Variables variables)
            throws IOException {
        if (run.security() == RunSecurity.INSECURE) {
            throw BuildException.invalid(
                    "RUN --security=insecure is not allowed: this builder grants no entitlement for it");
        }
        for (String said : HostDevices.HERE.leftOut(run.devices())) {
            log.print(said);
        }
        List<RunMount> mounts = run.mounts().stream().map(MountFlag::read).toList();
        return new RunStep(build, stage, log, run, state, variables, mounts, words(run.command(), state.settings()));
    }

    /** A script that names its program is a file of that step; the shell is given others. */
    private static List<String> words(CommandLine command, Settings settings) {
        return command instanceof CommandLine.Script script && script.isProgram()
                ? settings.inShell(PIPES + script.document().name())
                : settings.words(command);
    }

    /** As an image's history shows it. */
    String description() {
        List<String> arguments = variables.arguments();
        String given = arguments.isEmpty() ? "" : "|" + arguments.size() + " " + String.join(" ", arguments) + " ";
        return "RUN " + given + String.join(" ", words);
    }

    /** What tells it from others upon the same. The stages that it takes files of are complete then. */
    String identity() throws IOException, InterruptedException {
        return String.join(
                "\0",
                "RUN",
                words.toString(),
                variables.runEnvironment().toString(),
                run.command().toString(),
                run.network().name(),
                build.mounts().identity(stage, mounts));
    }

    /** What it has mounted, ready; the caller closes it behind the step. */
    RunMounts mounts() throws IOException, InterruptedException {
        RunMounts ready = build.mounts().of(stage, mounts, state.settings().workingDir(), words);
        try {
            if (run.command() instanceof CommandLine.Script script && script.isProgram()) {
                ready.program(
                        PIPES + script.document().name(),
                        script.document().stripped().getBytes(StandardCharsets.UTF_8));
            }
            if (UserNamespace.own().single()
                    && variables.runEnvironment().stream().noneMatch(one -> one.startsWith(APT + "="))) {
                ready.file(APT_FILE, APT_OF_ONE_USER.getBytes(StandardCharsets.UTF_8));
                ready.environment(APT, APT_FILE);
            }
            return ready;
        } catch (IOException | RuntimeException e) {
            ready.close();
            throw e;
        }
    }

    /** Its container, and how it runs in there. */
    StepWork work(RunMounts mounted, StepFlights.Flight flight) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("Cmd", words);
        config.put("Entrypoint", List.of(""));
        config.put("WorkingDir", state.settings().workingDir());
        config.put("User", state.settings().config().user());
        config.put("Healthcheck", Map.of("Test", List.of("NONE")));
        config.put("Env", environment(mounted));
        Map<String, Object> host = new LinkedHashMap<>(build.request().host());
        if (run.network() == RunNetwork.NONE) {
            host.put("NetworkMode", "none");
        } else if (run.network() == RunNetwork.HOST || !build.bridgesLeadOut()) {
            host.put("NetworkMode", "host");
        }
        mounted.addTo(host);
        return new StepWork(config, host, container -> {
            flight.print(() -> log.print(" ---> Running in " + container.shortId() + "\n"));
            try {
                run(container, mounted, flight);
            } catch (BuildException e) {
                throw ForeignCode.explained(words, state.platform(), e);
            }
        });
    }

    private List<String> environment(RunMounts mounted) {
        List<String> environment = build.withProxies(variables.runEnvironment());
        mounted.agent()
                .filter(_ -> environment.stream().noneMatch(variable -> variable.startsWith(AGENT)))
                .ifPresent(socket -> environment.add(AGENT + socket));
        return environment;
    }

    private void run(StepContainer container, RunMounts mounted, StepFlights.Flight flight)
            throws IOException, InterruptedException {
        List<String> targets = new ArrayList<>(USUAL_MOUNTS);
        targets.addAll(mounted.targets());
        MountPoints points;
        try (FileTree files = container.files()) {
            points = MountPoints.before(files, targets);
        }
        Utf8Lines text = new Utf8Lines(log);
        int code =
                container.run(mounted.environment(), (stream, bytes) -> flight.print(() -> text.print(stream, bytes)));
        text.end();
        if (code != 0) {
            throw BuildException.exited(String.join(" ", words), code);
        }
        points.removeFrom(container.upper());
    }
}
