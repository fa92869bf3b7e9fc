package dev.berth.cli.build;

import dev.berth.build.context.IgnoreFile;
import dev.berth.build.context.IgnoreFileException;
import dev.berth.cli.CliException;
import dev.berth.cli.http.EngineClient;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is built, as {@code PATH | URL | -} and {@code --file} say it.
 *
 * @param dockerfile its name in the context; empty for the usual one
 * @param remote an address that the daemon fetches it from; empty where we send it
 * @param folder what a daemon of this host may read itself; empty where there is nothing but what we send
 * @param sent the same for a daemon elsewhere, which asks for what it does not have of it
 * @param body what we send to one that does not ask
 */
public record BuildContext(
        String dockerfile,
        Optional<String> remote,
        Optional<LentFolder> folder,
        Optional<SentFolder> sent,
        EngineClient.Body body) {
    private static final String USUAL = "Dockerfile";
    private static final String IGNORE = ".dockerignore";
    private static final String CONTEXT = "context:";
    private static final String NAMED = "named:";
    private static final String LAYOUT = "layout:";
    private static final int MOST_DOCKERFILE_BYTES = 8 << 20;

    /**
     * Finds out what is meant.
     *
     * @param word the argument
     * @param file of {@code --file}
     * @param in standard input, which is read where one of them is {@code -}
     * @throws CliException where it is not there
     */
    public static BuildContext of(String word, Optional<String> file, InputStream in) throws IOException {
        boolean dockerfileFromInput = file.filter("-"::equals).isPresent();
        if (word.equals("-")) {
            if (dockerfileFromInput) {
                throw new CliException("invalid argument: can't use stdin for both build context and dockerfile");
            }
            return ofInput(file, new BufferedInputStream(in));
        }
        Path folder = Path.of(word);
        if (Files.isDirectory(folder)) {
            return dockerfileFromInput
                    ? withDockerfile(folder, "stdin", dockerfile(in), Optional.empty())
                    : ofFolder(folder, file);
        }
        if (isRepository(word) || word.startsWith("http://") || word.startsWith("https://")) {
            if (dockerfileFromInput) {
                throw new CliException("a Dockerfile from stdin with a context from " + word
                        + " is not supported: fetch the context, and build the folder");
            }
            return new BuildContext(file.orElse(""), Optional.of(word), Optional.empty(), Optional.empty(), _ -> {});
        }
        if (Files.exists(folder)) {
            throw new CliException("unable to prepare context: context must be a directory: "
                    + folder.toAbsolutePath().normalize());
        }
        throw new CliException("unable to prepare context: path \"" + word + "\" not found");
    }

    private static boolean isRepository(String word) {
        return word.startsWith("git://")
                || word.startsWith("git@")
                || word.startsWith("ssh://")
                || word.startsWith("github.com/")
                || word.matches("[\\w.-]+@[\\w.-]+:[^#?]+.*");
    }

    // standard input: an archive, or a Dockerfile alone

    private static BuildContext ofInput(Optional<String> file, BufferedInputStream in) throws IOException {
        in.mark(ArchiveHead.BYTES);
        boolean archive = ArchiveHead.isArchive(in.readNBytes(ArchiveHead.BYTES));
        in.reset();
        if (archive) {
            return new BuildContext(
                    file.orElse(""), Optional.empty(), Optional.empty(), Optional.empty(), in::transferTo);
        }
        if (file.isPresent()) {
            throw new CliException("ambiguous Dockerfile source: both stdin and flag correspond to Dockerfiles");
        }
        byte[] content = dockerfile(in);
        return new BuildContext("", Optional.empty(), Optional.empty(), Optional.empty(), out -> {
            try (ContextTar tar = new ContextTar(out)) {
                tar.document(USUAL, content);
            }
        });
    }

    private static byte[] dockerfile(InputStream in) throws IOException {
        byte[] content = in.readNBytes(MOST_DOCKERFILE_BYTES + 1);
        if (content.length > MOST_DOCKERFILE_BYTES) {
            throw new CliException("what comes from stdin is neither an archive nor a Dockerfile: it is too long");
        }
        return content;
    }

    // a folder

    private static BuildContext ofFolder(Path folder, Optional<String> file) throws IOException {
        Path root = folder.toRealPath();
        Path dockerfile = file.map(Path::of).orElseGet(() -> usual(root));
        Path absolute = dockerfile.toAbsolutePath().normalize();
        if (!Files.exists(absolute)) {
            throw new CliException("unable to prepare context: unable to evaluate symlinks in Dockerfile path: lstat "
                    + absolute + ": no such file or directory");
        }
        if (!Files.isRegularFile(absolute)) {
            throw new CliException("the Dockerfile " + absolute + " is not a file");
        }
        Path real = absolute.toRealPath();
        Path above = Optional.ofNullable(absolute.getParent()).orElse(root).toRealPath();
        boolean isLink = !above.resolve(absolute.getFileName()).equals(real);
        Optional<Ignored> own = ignored(absolute.resolveSibling(absolute.getFileName() + IGNORE));
        if (isLink || !real.startsWith(root)) {
            String name = String.valueOf(dockerfile.getFileName());
            return withDockerfile(folder, name, Files.readAllBytes(real), own);
        }
        String name = root.relativize(real).toString();
        Optional<Ignored> ignored = own.isPresent() ? own : ignored(root.resolve(IGNORE));
        IgnoreFile rules = ignored.map(Ignored::rules).orElse(IgnoreFile.NONE);
        LocalContext files = new LocalContext(root, rules, Set.of(name, name + IGNORE, IGNORE));
        return new BuildContext(
                name,
                Optional.empty(),
                Optional.of(new LentFolder(root, Map.of())),
                Optional.of(new SentFolder(CONTEXT + root, root, files, Map.of())),
                out -> {
                    try (ContextTar tar = new ContextTar(out)) {
                        files.writeTo(tar);
                    }
                });
    }

    /**
     * A folder in place of a name, but for what an ignore file in it leaves out.
     *
     * @param root without links
     */
    public static SentFolder named(Path root) throws IOException {
        IgnoreFile rules = ignored(root.resolve(IGNORE)).map(Ignored::rules).orElse(IgnoreFile.NONE);
        return new SentFolder(NAMED + root, root, new LocalContext(root, rules, Set.of(IGNORE)), Map.of());
    }

    /**
     * A folder that is an OCI image layout, all of it.
     *
     * @param root without links
     */
    public static SentFolder layout(Path root) {
        return new SentFolder(LAYOUT + root, root, new LocalContext(root, IgnoreFile.NONE, Set.of()), Map.of());
    }

    /** As Docker, small letters will do where there are no others. */
    private static Path usual(Path root) {
        Path small = root.resolve("dockerfile");
        return !Files.exists(root.resolve(USUAL)) && Files.exists(small) ? small : root.resolve(USUAL);
    }

    /**
     * A folder and a Dockerfile that is not in it: it is sent under a name that the folder does not have, with an ignore file
     * of its own, which leaves out both.
     */
    private static BuildContext withDockerfile(Path folder, String shown, byte[] content, Optional<Ignored> own)
            throws IOException {
        Path root = folder.toRealPath();
        String name = "." + shown.replaceAll("[^A-Za-z0-9._-]", "_");
        while (Files.exists(root.resolve(name), LinkOption.NOFOLLOW_LINKS)
                || Files.exists(root.resolve(name + IGNORE), LinkOption.NOFOLLOW_LINKS)) {
            name += "_";
        }
        String sent = name;
        Optional<Ignored> ignored = own.isPresent() ? own : ignored(root.resolve(IGNORE));
        String text = ignored.map(Ignored::text).orElse("") + "\n" + sent + "\n" + sent + IGNORE + "\n";
        IgnoreFile rules = ignored.map(Ignored::rules).orElse(IgnoreFile.NONE);
        LocalContext files = new LocalContext(root, rules, new LinkedHashSet<>());
        Map<String, byte[]> beside = Map.of(sent, content, sent + IGNORE, text.getBytes(StandardCharsets.UTF_8));
        return new BuildContext(
                sent,
                Optional.empty(),
                Optional.of(new LentFolder(root, beside)),
                Optional.of(new SentFolder(CONTEXT + root, root, files, beside)),
                out -> {
                    try (ContextTar tar = new ContextTar(out)) {
                        tar.document(sent, content);
                        tar.document(sent + IGNORE, text.getBytes(StandardCharsets.UTF_8));
                        files.writeTo(tar);
                    }
                });
    }

    /** An ignore file that is there. */
    private record Ignored(String text, IgnoreFile rules) {}

    private static Optional<Ignored> ignored(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        try {
            return Optional.of(new Ignored(text, IgnoreFile.parse(text)));
        } catch (IgnoreFileException e) {
            throw new CliException("error checking context: " + file + ": " + e.getMessage());
        }
    }
}
