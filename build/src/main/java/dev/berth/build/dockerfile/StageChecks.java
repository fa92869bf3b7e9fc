package dev.berth.build.dockerfile;

import dev.berth.build.context.IgnoreFile;
import dev.berth.build.dockerfile.Instruction.Add;
import dev.berth.build.dockerfile.Instruction.Arg;
import dev.berth.build.dockerfile.Instruction.Cmd;
import dev.berth.build.dockerfile.Instruction.Copy;
import dev.berth.build.dockerfile.Instruction.Entrypoint;
import dev.berth.build.dockerfile.Instruction.Env;
import dev.berth.build.dockerfile.Instruction.Expose;
import dev.berth.build.dockerfile.Instruction.Healthcheck;
import dev.berth.build.dockerfile.Instruction.Label;
import dev.berth.build.dockerfile.Instruction.OnBuild;
import dev.berth.build.dockerfile.Instruction.Shell;
import dev.berth.build.dockerfile.Instruction.Workdir;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The checks of a stage's instructions, in their order, with what their variables hold. */
final class StageChecks {
    private static final Set<String> SECRET_WORDS = Set.of(
            "apikey", "auth", "credential", "credentials", "key", "password", "pword", "passwd", "secret", "token");
    private static final Set<String> HARMLESS_WORDS = Set.of("public", "file", "version");

    private final Variables variables;
    private final IgnoreFile ignored;
    private final Findings findings;
    private final List<String> triggers = new ArrayList<>();
    /** The last of each kind of which only the last one counts. */
    private final Map<String, Origin> last = new HashMap<>();

    private boolean hasShell;
    private boolean hasWorkdir;

    StageChecks(Variables variables, boolean hasShell, IgnoreFile ignored, Findings findings) {
        this.variables = variables;
        this.hasShell = hasShell;
        this.ignored = ignored;
        this.findings = findings;
    }

    /** Those of a stage upon this one. */
    StageChecks next() {
        StageChecks next = new StageChecks(variables.next(), hasShell, ignored, findings);
        next.hasWorkdir = hasWorkdir;
        return next;
    }

    List<String> triggers() {
        return List.copyOf(triggers);
    }

    void look(Instruction written) {
        if (written instanceof Arg arg) {
            arg.arguments().forEach(argument -> secret("ARG", argument.key(), arg.origin()));
        }
        Set<String> known = Set.copyOf(variables.known());
        Instruction instruction = variables.apply(written);
        undefined(instruction, known);
        switch (instruction) {
            case Add add -> add.sources().forEach(source -> ignoredFile("Add", source, add.origin()));
            case Copy copy
            when copy.from().isEmpty() -> copy.sources().forEach(source -> ignoredFile("Copy", source, copy.origin()));
            case Cmd cmd -> command(cmd, cmd.command());
            case Entrypoint entrypoint -> command(entrypoint, entrypoint.command());
            case Env env -> {
                legacy(env.variables(), env.origin());
                env.variables().forEach(variable -> secret("ENV", variable.key(), env.origin()));
            }
            case Expose expose -> expose.ports().forEach(port -> port(PortSpec.parse(port), expose.origin()));
            case Healthcheck healthcheck -> once(healthcheck);
            case Label label -> legacy(label.labels(), label.origin());
            case OnBuild onBuild -> triggers.add(onBuild.expression());
            case Shell unused -> hasShell = true;
            case Workdir workdir -> workdir(workdir);
            default -> {}
        }
    }

    private void undefined(Instruction instruction, Set<String> known) {
        variables.undefined().stream()
                .sorted()
                .forEach(name -> findings.add(
                        CheckRule.UNDEFINED_VAR,
                        instruction.origin(),
                        "Usage of undefined variable '$" + name + "'"
                                + Suggestion.nearest(
                                                name, known.stream().sorted().toList())
                                        .map(found -> " (did you mean $" + found + "?)")
                                        .orElse("")));
    }

    private void legacy(List<Pair> pairs, Origin origin) {
        if (pairs.stream().anyMatch(Pair::legacy)) {
            String keyword = origin.keyword();
            findings.add(
                    CheckRule.LEGACY_KEY_VALUE_FORMAT,
                    origin,
                    "\"" + keyword + " key=value\" should be used instead of legacy \"" + keyword
                            + " key value\" format");
        }
    }

    private void secret(String instruction, String key, Origin origin) {
        List<String> words = List.of(key.toLowerCase(Locale.ROOT).split("_", -1));
        if (words.stream().anyMatch(SECRET_WORDS::contains) && words.stream().noneMatch(HARMLESS_WORDS::contains)) {
            findings.add(
                    CheckRule.SECRETS_USED_IN_ARG_OR_ENV,
                    origin,
                    "Do not use ARG or ENV instructions for sensitive data (" + instruction + " " + Text.quote(key)
                            + ")");
        }
    }

    private void command(Instruction instruction, CommandLine command) {
        once(instruction);
        if (!hasShell && !(command instanceof CommandLine.Exec)) {
            findings.add(
                    CheckRule.JSON_ARGS_RECOMMENDED,
                    instruction.origin(),
                    "JSON arguments recommended for " + instruction.origin().keyword()
                            + " to prevent unintended behavior related to OS signals");
        }
    }

    /** What is told of is the one that does not count. */
    private void once(Instruction instruction) {
        Origin before = last.put(instruction.name(), instruction.origin());
        if (before != null) {
            findings.add(
                    CheckRule.MULTIPLE_INSTRUCTIONS_DISALLOWED,
                    before,
                    "Multiple " + instruction.origin().keyword()
                            + " instructions should not be used in the same stage because only the last one will be used");
        }
    }

    private void port(PortSpec port, Origin origin) {
        if (!port.protocol().equals(port.protocol().toLowerCase(Locale.ROOT))) {
            findings.add(
                    CheckRule.EXPOSE_PROTO_CASING,
                    origin,
                    "Defined protocol '" + port.text() + "' in EXPOSE instruction should be lowercase");
        }
        if (port.published()) {
            findings.add(
                    CheckRule.EXPOSE_INVALID_FORMAT,
                    origin,
                    "EXPOSE instruction should not define an IP address or host-port mapping, found '" + port.text()
                            + "'");
        }
    }

    /** Only the first one of a file can depend on the base. */
    private void workdir(Workdir workdir) {
        if (!hasWorkdir && !workdir.path().startsWith("/")) {
            findings.add(
                    CheckRule.WORKDIR_RELATIVE_PATH,
                    workdir.origin(),
                    "Relative workdir " + Text.quote(workdir.path())
                            + " can have unexpected results if the base image changes");
        }
        hasWorkdir = true;
    }

    /** With exceptions nobody can tell: a directory may be left out, and files in it not. */
    private void ignoredFile(String verb, String source, Origin origin) {
        if (ignored.hasExceptions() || isRemote(source)) {
            return;
        }
        String path = IgnoreFile.clean(source.startsWith("/") ? "." + source : source);
        boolean top = path.equals(".");
        if (top ? ignored.ignoresAll() : ignored.ignores(path)) {
            findings.add(
                    CheckRule.COPY_IGNORED_FILE,
                    origin,
                    "Attempting to " + verb + " file " + Text.quote(path) + " that is excluded by .dockerignore");
        }
    }

    private static boolean isRemote(String source) {
        return Stream.of("http://", "https://", "git://", "ssh://", "git@", "github.com/")
                .anyMatch(source::startsWith);
    }
}
