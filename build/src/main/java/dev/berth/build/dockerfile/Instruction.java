package dev.berth.build.dockerfile;

import java.util.List;
import java.util.Optional;

/**
 * An instruction of a Dockerfile. Its values are as they were written where the language fills in variables when it is built;
 * {@link Variables#apply} gives the same instruction with them filled in.
 */
public sealed interface Instruction {
    Origin origin();

    default Location location() {
        return origin().location();
    }

    /** The whole instruction in one line, as it was written. */
    default String text() {
        return origin().text();
    }

    /** The instruction's name, in capitals. */
    String name();

    /**
     * Begins a stage.
     *
     * @param base an image, another stage or {@code scratch}
     * @param words what was written behind the options, for whoever looks at its style
     */
    record From(Origin origin, String base, Optional<String> platform, Optional<String> stage, List<String> words)
            implements Instruction {
        public From {
            words = List.copyOf(words);
        }

        /** The same upon another base. */
        From upon(String other) {
            return new From(origin, other, platform, stage, words);
        }

        @Override
        public String name() {
            return "FROM";
        }
    }

    record Arg(Origin origin, List<Argument> arguments) implements Instruction {
        public Arg {
            arguments = List.copyOf(arguments);
        }

        @Override
        public String name() {
            return "ARG";
        }
    }

    record Env(Origin origin, List<Pair> variables) implements Instruction {
        public Env {
            variables = List.copyOf(variables);
        }

        @Override
        public String name() {
            return "ENV";
        }
    }

    /** @param mounts each holds its own values, to be read ({@link MountFlag#read}) once they are filled in */
    record Run(
            Origin origin,
            CommandLine command,
            List<MountFlag> mounts,
            List<RunDevice> devices,
            RunNetwork network,
            RunSecurity security)
            implements Instruction {
        public Run {
            mounts = List.copyOf(mounts);
            devices = List.copyOf(devices);
        }

        @Override
        public String name() {
            return "RUN";
        }
    }

    /**
     * Copies out of the context, or out of what {@code from} names.
     *
     * @param sources paths and patterns, without {@code files}
     * @param files those whose content stands in the Dockerfile
     * @param from a stage's name or number, or an image; never expanded
     * @param owner as {@code --chown} has it; empty for root
     * @param mode as {@code --chmod} has it; empty for that of the source
     * @param parents whether the sources' directories are kept
     */
    record Copy(
            Origin origin,
            List<String> sources,
            List<InlineFile> files,
            String target,
            Optional<String> from,
            String owner,
            String mode,
            boolean link,
            boolean parents,
            List<String> excludes)
            implements Instruction {
        public Copy {
            sources = List.copyOf(sources);
            files = List.copyOf(files);
            excludes = List.copyOf(excludes);
        }

        @Override
        public String name() {
            return "COPY";
        }
    }

    /**
     * Copies out of the context, from URLs, out of git repositories and out of archives.
     *
     * @param sources paths, patterns and addresses, without {@code files}
     * @param files those whose content stands in the Dockerfile
     * @param owner as {@code --chown} has it; empty for root
     * @param mode as {@code --chmod} has it; empty for that of the source
     * @param checksum of what is fetched; empty for any
     * @param keepGitDirectory whether a repository comes with its {@code .git}, where that was said
     * @param unpack whether archives are unpacked, where that was said; otherwise those of the context are, fetched ones not
     */
    record Add(
            Origin origin,
            List<String> sources,
            List<InlineFile> files,
            String target,
            String owner,
            String mode,
            boolean link,
            String checksum,
            Optional<Boolean> keepGitDirectory,
            Optional<Boolean> unpack,
            List<String> excludes)
            implements Instruction {
        public Add {
            sources = List.copyOf(sources);
            files = List.copyOf(files);
            excludes = List.copyOf(excludes);
        }

        @Override
        public String name() {
            return "ADD";
        }
    }

    record Workdir(Origin origin, String path) implements Instruction {
        @Override
        public String name() {
            return "WORKDIR";
        }
    }

    record User(Origin origin, String user) implements Instruction {
        @Override
        public String name() {
            return "USER";
        }
    }

    /** @param ports sorted as texts, as Docker does; {@link ExposedPorts} tells what they mean */
    record Expose(Origin origin, List<String> ports) implements Instruction {
        public Expose {
            ports = List.copyOf(ports);
        }

        @Override
        public String name() {
            return "EXPOSE";
        }
    }

    record Volume(Origin origin, List<String> paths) implements Instruction {
        public Volume {
            paths = List.copyOf(paths);
        }

        @Override
        public String name() {
            return "VOLUME";
        }
    }

    record Label(Origin origin, List<Pair> labels) implements Instruction {
        public Label {
            labels = List.copyOf(labels);
        }

        @Override
        public String name() {
            return "LABEL";
        }
    }

    record StopSignal(Origin origin, String signal) implements Instruction {
        @Override
        public String name() {
            return "STOPSIGNAL";
        }
    }

    record Shell(Origin origin, List<String> words) implements Instruction {
        public Shell {
            words = List.copyOf(words);
        }

        @Override
        public String name() {
            return "SHELL";
        }
    }

    record Entrypoint(Origin origin, CommandLine command) implements Instruction {
        @Override
        public String name() {
            return "ENTRYPOINT";
        }
    }

    record Cmd(Origin origin, CommandLine command) implements Instruction {
        @Override
        public String name() {
            return "CMD";
        }
    }

    /** @param check nothing where the base's is switched off */
    record Healthcheck(Origin origin, Optional<HealthProbe> check) implements Instruction {
        @Override
        public String name() {
            return "HEALTHCHECK";
        }
    }

    /**
     * What images built upon this one begin with.
     *
     * @param expression the instruction with its documents as the image's configuration keeps it; {@link Dockerfile#trigger}
     *     reads it again
     * @param trigger the same, read
     */
    record OnBuild(Origin origin, String expression, Instruction trigger) implements Instruction {
        @Override
        public String name() {
            return "ONBUILD";
        }
    }

    record Maintainer(Origin origin, String maintainer) implements Instruction {
        @Override
        public String name() {
            return "MAINTAINER";
        }
    }
}
