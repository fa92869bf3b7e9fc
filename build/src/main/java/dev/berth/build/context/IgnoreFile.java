package dev.berth.build.context;

import dev.berth.build.Limits;
import java.util.ArrayList;
import java.util.List;

/**
 * Which files of a directory are not part of a build: the patterns of a {@code .dockerignore}.
 *
 * <p>Patterns are held against a path and the directories above it, in their order; the last one that fits decides. In a
 * pattern {@code *} is any part of a name, {@code ?} one sign of it, {@code [a-z]} and {@code [^a-z]} one of several, {@code **}
 * any number of directories, and a backslash takes a sign's meaning; {@code !} before it makes an exception.
 */
public final class IgnoreFile {
    /** Nothing is left out. */
    public static final IgnoreFile NONE = new IgnoreFile(List.of());

    private final List<IgnorePattern> patterns;

    private IgnoreFile(List<IgnorePattern> patterns) {
        this.patterns = List.copyOf(patterns);
    }

    /**
     * Reads the file's text.
     *
     * @throws IgnoreFileException when a pattern makes no sense, or there is too much of it
     */
    public static IgnoreFile parse(String text) {
        if (text.length() > Limits.IGNORE_FILE_CHARS) {
            throw new IgnoreFileException("the ignore file is longer than " + Limits.IGNORE_FILE_CHARS + " characters");
        }
        List<IgnorePattern> patterns = new ArrayList<>();
        int number = 0;
        for (String line : (text.startsWith("\ufeff") ? text.substring(1) : text).split("\n", -1)) {
            number++;
            if (line.startsWith("#") || line.isBlank()) {
                continue;
            }
            if (patterns.size() == Limits.IGNORE_PATTERNS) {
                throw new IgnoreFileException("the ignore file has more than " + Limits.IGNORE_PATTERNS + " patterns");
            }
            try {
                patterns.add(IgnorePattern.parse(line));
            } catch (IgnoreFileException e) {
                throw new IgnoreFileException("line " + number + " of the ignore file: " + e.getMessage());
            }
        }
        return new IgnoreFile(patterns);
    }

    /**
     * The same for patterns that come without a file, such as those of {@code COPY --exclude}.
     *
     * @throws IgnoreFileException when a pattern makes no sense
     */
    public static IgnoreFile of(List<String> patterns) {
        return new IgnoreFile(patterns.stream()
                .filter(pattern -> !pattern.isBlank())
                .map(IgnorePattern::parse)
                .toList());
    }

    public boolean isEmpty() {
        return patterns.isEmpty();
    }

    /** The patterns as they are held against paths: cleaned, exceptions with their {@code !}. */
    public List<String> patterns() {
        return patterns.stream().map(IgnorePattern::written).toList();
    }

    /** Whether any pattern takes back what others leave out. */
    public boolean hasExceptions() {
        return patterns.stream().anyMatch(IgnorePattern::isException);
    }

    /** Whether everything at the top is left out by one pattern. */
    public boolean ignoresAll() {
        return patterns.stream().anyMatch(pattern -> !pattern.isException() && pattern.isOneOf("*", "**", "**/*"));
    }

    /** Whether a path, with slashes and relative to the context, is left out. Whoever walks through a tree asks {@link #root}. */
    public boolean ignores(String path) {
        Directory directory = root();
        String[] names = path.split("/");
        for (int i = 0; i < names.length - 1; i++) {
            directory = directory.enter(names[i]);
        }
        return directory.ignores(names[names.length - 1]);
    }

    /** The shortest path that means the same, as Go's filepath.Clean has it. */
    public static String clean(String path) {
        boolean rooted = path.startsWith("/");
        List<String> names = new ArrayList<>();
        for (String name : path.split("/")) {
            if (name.isEmpty() || name.equals(".")) {
                continue;
            }
            boolean up = name.equals("..");
            if (up && !names.isEmpty() && !names.getLast().equals("..")) {
                names.removeLast();
            } else if (!up || !rooted) {
                names.add(name);
            }
        }
        String joined = String.join("/", names);
        return rooted ? "/" + joined : joined.isEmpty() ? "." : joined;
    }

    /** The context's own directory, where a walk begins. */
    public Directory root() {
        List<IgnorePattern.Progress> progress =
                patterns.stream().map(IgnorePattern::start).toList();
        return new Directory(progress, new boolean[patterns.size()], false);
    }

    /**
     * A directory on a walk. What is above it has been held against the patterns once: each has got somewhere in it, and goes on
     * from there for each name within; patterns that cannot fit anything here any more cost nothing.
     */
    public final class Directory {
        private final List<IgnorePattern.Progress> progress;
        /** For each pattern, whether it was the last one to say something about this directory or one above. */
        private final boolean[] matched;

        private final boolean ignored;

        private Directory(List<IgnorePattern.Progress> progress, boolean[] matched, boolean ignored) {
            this.progress = progress;
            this.matched = matched;
            this.ignored = ignored;
        }

        /** Whether the directory itself is left out. */
        public boolean isIgnored() {
            return ignored;
        }

        /**
         * Whether something in it may be part of the build. For one that is left out, that is where an exception could fit; it
         * is then itself part of the build if anything in it is.
         */
        public boolean isWorthEntering() {
            if (!ignored) {
                return true;
            }
            for (int i = 0; i < patterns.size(); i++) {
                if (patterns.get(i).isException() && progress.get(i).isAlive()) {
                    return true;
                }
            }
            return false;
        }

        /** Whether a file in it is left out. */
        public boolean ignores(String name) {
            return verdict(name, matched.clone());
        }

        /** A directory in it. */
        public Directory enter(String name) {
            boolean[] below = matched.clone();
            boolean out = verdict(name, below);
            String part = name + "/";
            List<IgnorePattern.Progress> further =
                    progress.stream().map(pattern -> pattern.after(part)).toList();
            return new Directory(further, below, out);
        }

        /** Fills in which patterns fit; a pattern that could change nothing is not held against anything, as in Docker. */
        private boolean verdict(String name, boolean[] fits) {
            boolean out = false;
            for (int i = 0; i < fits.length; i++) {
                boolean exception = patterns.get(i).isException();
                if (!fits[i] && exception == out) {
                    fits[i] = progress.get(i).accepts(name);
                }
                out = fits[i] ? !exception : out;
            }
            return out;
        }
    }
}
