package dev.berth.build.dockerfile;

import dev.berth.build.dockerfile.Instruction.Add;
import dev.berth.build.dockerfile.Instruction.Arg;
import dev.berth.build.dockerfile.Instruction.Cmd;
import dev.berth.build.dockerfile.Instruction.Copy;
import dev.berth.build.dockerfile.Instruction.Entrypoint;
import dev.berth.build.dockerfile.Instruction.Env;
import dev.berth.build.dockerfile.Instruction.Expose;
import dev.berth.build.dockerfile.Instruction.From;
import dev.berth.build.dockerfile.Instruction.Healthcheck;
import dev.berth.build.dockerfile.Instruction.Label;
import dev.berth.build.dockerfile.Instruction.Maintainer;
import dev.berth.build.dockerfile.Instruction.OnBuild;
import dev.berth.build.dockerfile.Instruction.Run;
import dev.berth.build.dockerfile.Instruction.Shell;
import dev.berth.build.dockerfile.Instruction.StopSignal;
import dev.berth.build.dockerfile.Instruction.User;
import dev.berth.build.dockerfile.Instruction.Volume;
import dev.berth.build.dockerfile.Instruction.Workdir;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** Dockerfiles as lines that can be compared and read: all that is in the model, with what is usual left out. */
final class Rendering {
    private Rendering() {}

    static String of(Dockerfile file) {
        StringBuilder text = new StringBuilder();
        Directives directives = file.directives();
        directives
                .syntax()
                .ifPresent(syntax -> text.append("syntax ").append(syntax).append('\n'));
        if (directives.escape() != '\\') {
            text.append("escape ").append(directives.escape()).append('\n');
        }
        directives
                .check()
                .ifPresent(check -> text.append("check ").append(check).append('\n'));
        file.globalArguments().forEach(arg -> text.append(of(arg)).append('\n'));
        for (Stage stage : file.stages()) {
            text.append(of(stage.from())).append('\n');
            stage.instructions()
                    .forEach(instruction ->
                            text.append("  ").append(of(instruction)).append('\n'));
        }
        return text.toString().strip();
    }

    static String of(Instruction instruction) {
        return instruction.name() + details(instruction) + " " + of(instruction.location());
    }

    private static String of(Location location) {
        return "@" + location.first() + (location.last() > location.first() ? "-" + location.last() : "");
    }

    private static String details(Instruction instruction) {
        return switch (instruction) {
            case Add add ->
                transfer(add.sources(), add.target(), add.files())
                        + flag("owner", add.owner())
                        + flag("mode", add.mode())
                        + flag("link", add.link())
                        + flag("checksum", add.checksum())
                        + add.keepGitDirectory()
                                .map(keep -> " keep-git-dir=" + keep)
                                .orElse("")
                        + add.unpack().map(unpack -> " unpack=" + unpack).orElse("")
                        + list("exclude", add.excludes());
            case Arg arg -> arg.arguments().stream().map(Rendering::of).collect(Collectors.joining());
            case Cmd cmd -> of(cmd.command());
            case Copy copy ->
                transfer(copy.sources(), copy.target(), copy.files())
                        + flag("from", copy.from().orElse(""))
                        + flag("owner", copy.owner())
                        + flag("mode", copy.mode())
                        + flag("link", copy.link())
                        + flag("parents", copy.parents())
                        + list("exclude", copy.excludes());
            case Entrypoint entrypoint -> of(entrypoint.command());
            case Env env -> pairs(env.variables());
            case Expose expose -> " " + quoted(expose.ports());
            case From from ->
                " " + from.base() + flag("platform", from.platform().orElse(""))
                        + flag("as", from.stage().orElse(""));
            case Healthcheck healthcheck ->
                healthcheck.check().map(Rendering::of).orElse(" none");
            case Label label -> pairs(label.labels());
            case Maintainer maintainer -> " " + Text.quote(maintainer.maintainer());
            case OnBuild onBuild -> " " + Text.quote(onBuild.expression()) + " = " + of(onBuild.trigger());
            case Run run ->
                of(run.command())
                        + run.mounts().stream().map(Rendering::of).collect(Collectors.joining())
                        + run.devices().stream().map(device -> " " + device).collect(Collectors.joining())
                        + flag(
                                "network",
                                run.network() == RunNetwork.DEFAULT
                                        ? ""
                                        : run.network().toString())
                        + flag(
                                "security",
                                run.security() == RunSecurity.SANDBOX
                                        ? ""
                                        : run.security().toString());
            case Shell shell -> " " + quoted(shell.words());
            case StopSignal stop -> " " + Text.quote(stop.signal());
            case User user -> " " + Text.quote(user.user());
            case Volume volume -> " " + quoted(volume.paths());
            case Workdir workdir -> " " + Text.quote(workdir.path());
        };
    }

    private static String flag(String name, String value) {
        return value.isEmpty() ? "" : " " + name + "=" + value;
    }

    private static String flag(String name, boolean on) {
        return on ? " " + name : "";
    }

    private static String list(String name, List<String> values) {
        return values.isEmpty() ? "" : " " + name + quoted(values);
    }

    private static String quoted(List<String> values) {
        return values.stream().map(Text::quote).collect(Collectors.joining(", ", "[", "]"));
    }

    private static String of(Argument argument) {
        return " " + argument.key()
                + argument.value().map(value -> "=" + Text.quote(value)).orElse("")
                + (argument.description().isEmpty() ? "" : " (" + argument.description() + ")");
    }

    private static String pairs(List<Pair> pairs) {
        return pairs.stream()
                .map(pair -> " " + pair.key() + (pair.legacy() ? " " : "=") + Text.quote(pair.value()))
                .collect(Collectors.joining());
    }

    private static String of(CommandLine command) {
        return switch (command) {
            case CommandLine.Exec exec -> " exec " + quoted(exec.words());
            case CommandLine.Shell shell -> " shell " + Text.quote(shell.text()) + documents(shell.documents());
            case CommandLine.Script script ->
                (script.isProgram() ? " program" : " script") + documents(List.of(script.document()));
        };
    }

    private static String documents(List<Heredoc> documents) {
        return documents.stream()
                .map(document -> " <<" + document.name() + flag("expands", document.expands())
                        + flag("strips", document.strips())
                        + (document.descriptor() == 0 ? "" : " descriptor=" + document.descriptor()) + " "
                        + Text.quote(document.content()))
                .collect(Collectors.joining());
    }

    private static String transfer(List<String> sources, String target, List<InlineFile> files) {
        String inline = files.stream()
                .map(file -> " <<" + file.name() + flag("expands", file.expands()) + " " + Text.quote(file.content()))
                .collect(Collectors.joining());
        return " " + quoted(sources) + inline + " to " + Text.quote(target);
    }

    private static String of(MountFlag mount) {
        return mount.fields().stream().map(MountFlag.Field::text).collect(Collectors.joining(" ", " mount{", "}"));
    }

    private static String of(HealthProbe probe) {
        return of(probe.command())
                + time("interval", probe.interval())
                + time("timeout", probe.timeout())
                + time("start-period", probe.startPeriod())
                + time("start-interval", probe.startInterval())
                + (probe.retries() == 0 ? "" : " retries=" + probe.retries());
    }

    private static String time(String name, Duration time) {
        return time.isZero() ? "" : " " + name + "=" + time;
    }
}
