package dev.berth.build.dockerfile;

import dev.berth.build.dockerfile.Instruction.Arg;
import dev.berth.build.dockerfile.Instruction.From;
import dev.berth.build.dockerfile.Instruction.Maintainer;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** The checks that need to know no value: how a Dockerfile is written. */
final class StyleChecks {
    private static final Set<String> RESERVED = Set.of("context", "scratch");

    private final Dockerfile file;
    private final Findings findings;

    StyleChecks(Dockerfile file, Findings findings) {
        this.file = file;
        this.findings = findings;
    }

    void run() {
        for (Location line : file.emptyContinuations()) {
            findings.add(CheckRule.NO_EMPTY_CONTINUATION, line, "Empty continuation line");
        }
        file.globalArguments().forEach(this::description);
        for (Stage stage : file.stages()) {
            from(stage.from());
            stage.instructions().forEach(this::look);
        }
        names();
        casing();
    }

    private void look(Instruction instruction) {
        switch (instruction) {
            case Arg arg -> description(arg);
            case Maintainer maintainer ->
                findings.add(
                        CheckRule.MAINTAINER_DEPRECATED,
                        maintainer.origin(),
                        "Maintainer instruction is deprecated in favor of using label");
            default -> {}
        }
    }

    private void from(From from) {
        if (from.stage().isEmpty()) {
            return;
        }
        String keyword = from.origin().keyword();
        String as = from.words().get(1);
        String name = from.words().get(2);
        if (!name.equals(lower(name))) {
            findings.add(CheckRule.STAGE_NAME_CASING, from.origin(), "Stage name '" + name + "' should be lowercase");
        }
        boolean lowerAsFrom = keyword.equals(lower(keyword)) && !as.equals(lower(as));
        boolean upperAsFrom = keyword.equals(upper(keyword)) && !as.equals(upper(as));
        if (lowerAsFrom || upperAsFrom) {
            findings.add(
                    CheckRule.FROM_AS_CASING,
                    from.origin(),
                    "'" + as + "' and '" + keyword + "' keywords' casing do not match");
        }
        description("FROM", List.of(from.stage().get()), from.origin());
    }

    private void description(Arg arg) {
        description("ARG", arg.arguments().stream().map(Argument::key).toList(), arg.origin());
    }

    /** The comment right above says what a name means, and begins with it. */
    private void description(String instruction, List<String> names, Origin origin) {
        if (origin.comments().isEmpty()) {
            return;
        }
        String last = origin.comments().getLast();
        int end = last.indexOf(' ');
        if (!names.contains(end < 0 ? last : last.substring(0, end))) {
            String example = names.size() > 1 ? "<arg_key>" : names.getFirst();
            findings.add(
                    CheckRule.INVALID_DEFINITION_DESCRIPTION,
                    origin,
                    "Comment for " + instruction + " should follow the format: `# " + example + " <description>`");
        }
    }

    private void names() {
        Set<String> names = new HashSet<>();
        for (Stage stage : file.stages()) {
            stage.name()
                    .filter(RESERVED::contains)
                    .ifPresent(name -> findings.add(
                            CheckRule.RESERVED_STAGE_NAME,
                            stage.location(),
                            "Stage name should not use the same name as reserved stage " + Text.quote(name)));
            stage.name()
                    .filter(name -> !names.add(name))
                    .ifPresent(name -> findings.add(
                            CheckRule.DUPLICATE_STAGE_NAME,
                            stage.location(),
                            "Duplicate stage name " + Text.quote(name) + ", stage names should be unique"));
        }
    }

    /** All names of instructions are to be in the case that most are in. */
    private void casing() {
        List<Origin> origins = file.stages().stream()
                .flatMap(stage -> Stream.concat(Stream.of(stage.from()), stage.instructions().stream()))
                .map(Instruction::origin)
                .toList();
        long lower = origins.stream()
                .map(Origin::keyword)
                .filter(word -> word.equals(lower(word)))
                .count();
        long upper = origins.stream()
                .map(Origin::keyword)
                .filter(word -> word.equals(upper(word)))
                .count();
        boolean inLower = lower > upper;
        for (Origin origin : origins) {
            String keyword = origin.keyword();
            if (!keyword.equals(inLower ? lower(keyword) : upper(keyword))) {
                findings.add(
                        CheckRule.CONSISTENT_INSTRUCTION_CASING,
                        origin.location(),
                        "Command '" + keyword + "' should match the case of the command majority ("
                                + (inLower ? "lowercase" : "uppercase") + ")");
            }
        }
    }

    private static String lower(String word) {
        return word.toLowerCase(Locale.ROOT);
    }

    private static String upper(String word) {
        return word.toUpperCase(Locale.ROOT);
    }
}
