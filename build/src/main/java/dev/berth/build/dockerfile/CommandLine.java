package dev.berth.build.dockerfile;

import java.util.List;

/** What RUN, CMD, ENTRYPOINT and HEALTHCHECK run. Never expanded by the build: a shell does that, or nobody. */
public sealed interface CommandLine {
    /** A program and its arguments, as they are. */
    record Exec(List<String> words) implements CommandLine {
        public Exec {
            words = List.copyOf(words);
        }
    }

    /**
     * Text for the image's shell.
     *
     * @param documents those that the text speaks of
     */
    record Shell(String text, List<Heredoc> documents) implements CommandLine {
        public Shell {
            documents = List.copyOf(documents);
        }

        /** What the shell is given: the text, and the documents below it as they stood in the Dockerfile. */
        public String script() {
            StringBuilder script = new StringBuilder(text);
            for (Heredoc document : documents) {
                script.append('\n').append(document.content()).append(document.name());
            }
            return script.toString();
        }
    }

    /**
     * Nothing but a document ({@code RUN <<EOF}): a script for the image's shell, or a program of its own when it begins with
     * {@code #!}. Then it is a file {@code /dev/pipes/<name>} with mode 0755, which the shell is given as its command.
     *
     * @param text the instruction's own line, {@code <<EOF}
     */
    record Script(String text, Heredoc document) implements CommandLine {
        public boolean isProgram() {
            return document.stripped().startsWith("#!");
        }
    }
}
