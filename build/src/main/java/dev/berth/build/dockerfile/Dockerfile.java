package dev.berth.build.dockerfile;

import dev.berth.build.Limits;
import dev.berth.build.dockerfile.Instruction.Arg;
import dev.berth.build.dockerfile.Instruction.From;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A Dockerfile, read.
 *
 * @param name the file's, for messages
 * @param source its whole text, for messages
 * @param directives what its first comments say
 * @param globalArguments the ARGs before the first stage
 * @param stages one at least
 * @param emptyContinuations instructions that go on behind an empty line; their last lines
 */
public record Dockerfile(
        String name,
        String source,
        Directives directives,
        List<Arg> globalArguments,
        List<Stage> stages,
        List<Location> emptyContinuations) {
    public Dockerfile {
        globalArguments = List.copyOf(globalArguments);
        stages = List.copyOf(stages);
        emptyContinuations = List.copyOf(emptyContinuations);
    }

    /**
     * Reads a Dockerfile.
     *
     * @throws DockerfileException where it says nothing that could be built
     */
    public static Dockerfile parse(String source, String name) {
        if (source.length() > Limits.DOCKERFILE_CHARS) {
            throw DockerfileException.parsing(
                    name, "", Location.line(1), "it is longer than " + Limits.DOCKERFILE_CHARS + " characters");
        }
        return new Parse(source, name).dockerfile();
    }

    /**
     * The same, where stages are what else is there of their names: built upon that, and without instructions of their own.
     *
     * @param there whether there is something of a name
     */
    public Dockerfile with(Predicate<String> there) {
        List<Stage> kept = stages.stream()
                .map(stage -> stage.name()
                        .filter(there)
                        .map(called -> new Stage(stage.index(), stage.from().upon(called), List.of()))
                        .orElse(stage))
                .toList();
        return new Dockerfile(name, source, directives, globalArguments, kept, emptyContinuations);
    }

    /** The stage of that name or number, the last one of several; names in any case. */
    public Optional<Stage> stage(String nameOrNumber) {
        return stageNamed(nameOrNumber).or(() -> number(nameOrNumber));
    }

    /** The stage of that name, in any case; the last one of several. */
    public Optional<Stage> stageNamed(String name) {
        return last(stages, name);
    }

    /** The stage that a later one is built upon when its base is of that name: the last one before it. */
    public Optional<Stage> stageBefore(Stage stage, String base) {
        return last(stages.subList(0, stage.index()), base);
    }

    private static Optional<Stage> last(List<Stage> stages, String name) {
        Optional<String> wanted = Optional.of(name.toLowerCase(Locale.ROOT));
        return stages.reversed().stream()
                .filter(stage -> stage.name().equals(wanted))
                .findFirst();
    }

    private Optional<Stage> number(String text) {
        return stages.stream()
                .filter(stage -> String.valueOf(stage.index()).equals(text))
                .findFirst();
    }

    /** An error in the file, for whoever finds it while building. */
    public DockerfileException error(Location location, String reason) {
        return DockerfileException.building(name, source, location, reason);
    }

    /**
     * Reads what an image has ONBUILD.
     *
     * @param expression as the image's configuration has it
     * @param stage the one that is built upon the image; errors are in its FROM
     * @throws DockerfileException when it is not one instruction
     */
    public Instruction trigger(String expression, Stage stage) {
        try {
            LineReader lines = new LineReader(name, expression);
            Optional<Line> line = lines.next();
            if (line.isEmpty() || lines.next().isPresent()) {
                throw new LanguageException("it should be a single instruction");
            }
            Line placed = new Line(
                    line.get().text(),
                    stage.location(),
                    line.get().documents(),
                    line.get().comments());
            Instruction instruction = new InstructionReader(placed, Directives.DEFAULT_ESCAPE).read();
            if (instruction instanceof From) {
                throw new LanguageException("FROM isn't allowed as an ONBUILD trigger");
            }
            return instruction;
        } catch (LanguageException e) {
            throw error(stage.location(), "in an ONBUILD trigger of the base: " + e.reason());
        } catch (DockerfileException e) {
            throw error(stage.location(), "in an ONBUILD trigger of the base: " + e.reason());
        }
    }

    /** A file while it is read. */
    private static final class Parse {
        private final String source;
        private final String name;
        private final LineReader lines;
        private final List<Arg> globalArguments = new ArrayList<>();
        private final List<Stage> stages = new ArrayList<>();
        private final List<Instruction> instructions = new ArrayList<>();
        private Optional<From> from = Optional.empty();

        Parse(String source, String name) {
            this.source = source;
            this.name = name;
            this.lines = new LineReader(name, source);
        }

        Dockerfile dockerfile() {
            int count = 0;
            for (Optional<Line> line = lines.next(); line.isPresent(); line = lines.next()) {
                if (++count > Limits.INSTRUCTIONS) {
                    throw error(line.get().location(), "more than " + Limits.INSTRUCTIONS + " instructions");
                }
                add(line.get());
            }
            endStage();
            if (stages.isEmpty()) {
                String nothing = count == 0 ? "file with no instructions" : "dockerfile contains no stages to build";
                throw error(Location.line(1), nothing);
            }
            return new Dockerfile(
                    name, source, lines.directives(), globalArguments, stages, lines.emptyContinuations());
        }

        private void add(Line line) {
            switch (read(line)) {
                case From next -> {
                    endStage();
                    from = Optional.of(next);
                }
                case Arg arg when from.isEmpty() -> globalArguments.add(arg);
                case Instruction instruction -> {
                    if (from.isEmpty()) {
                        throw error(line.location(), "no build stage in current context");
                    }
                    instructions.add(instruction);
                }
            }
        }

        private Instruction read(Line line) {
            try {
                return new InstructionReader(line, lines.directives().escape()).read();
            } catch (LanguageException e) {
                throw error(line.location(), e.reason());
            }
        }

        private void endStage() {
            from.ifPresent(begin -> stages.add(new Stage(stages.size(), begin, instructions)));
            instructions.clear();
        }

        private DockerfileException error(Location location, String reason) {
            return DockerfileException.parsing(name, source, location, reason);
        }
    }
}
