package dev.berth.build.files;

import dev.berth.build.BuildException;
import dev.berth.build.context.IgnoreFile;
import dev.berth.build.context.IgnoreFileException;
import dev.berth.image.layer.TreeFile;
import dev.berth.image.oci.Digest;
import dev.berth.image.tar.TarEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What a step takes of a tree of files: chosen by its sources' paths and patterns, in a fixed order. */
public final class Selection {
    private static final String MARK_PREFIX = ".wh.";

    private final List<Piece> pieces;
    private final int sources;
    private final boolean directory;
    private final String identity;

    private Selection(List<Piece> pieces, int sources, boolean directory, String identity) {
        this.pieces = List.copyOf(pieces);
        this.sources = sources;
        this.directory = directory;
        this.identity = identity;
    }

    /**
     * How to choose.
     *
     * @param parents whether the sources' directories are kept
     * @param excluded paths from a source's root that are left out
     */
    public record Choice(boolean parents, Predicate<String> excluded) {}

    /**
     * Chooses.
     *
     * @param instruction named in errors
     * @throws BuildException INVALID where a source is not there
     */
    public static Selection of(SourceTree tree, List<String> sources, Choice choice, String instruction)
            throws IOException {
        List<Piece> pieces = new ArrayList<>();
        int found = 0;
        boolean directory = false;
        for (String source : sources) {
            for (Match match : matches(tree, source, choice.parents())) {
                List<String> path = match.path();
                List<String> real = SourcePath.follow(tree, path).orElseThrow(() -> missing(tree, source, instruction));
                TreeFile file = tree.find(real).orElseThrow(() -> missing(tree, source, instruction));
                found++;
                List<String> place = choice.parents() ? match.kept() : List.of();
                if (file.entry().type() == TarEntry.Type.DIRECTORY) {
                    directory = true;
                    add(pieces, new Piece(tree, real, place, file, false, false), List.of(), choice);
                } else if (!choice.excluded().test(path.getLast())) {
                    pieces.add(new Piece(
                            tree, real, choice.parents() ? place : List.of(path.getLast()), file, false, false));
                }
            }
        }
        if (found == 0) {
            throw BuildException.invalid(instruction + " failed: no source files were specified");
        }
        return new Selection(pieces, found, directory, "");
    }

    /** Paths that are left out by the patterns of {@code --exclude}. */
    public static Predicate<String> excluded(List<String> patterns) {
        if (patterns.isEmpty()) {
            return _ -> false;
        }
        try {
            return IgnoreFile.of(patterns)::ignores;
        } catch (IgnoreFileException e) {
            throw BuildException.invalid("--exclude: " + e.getMessage());
        }
    }

    /** Files of all of them, those of the last on top. */
    public Selection and(Selection other) {
        List<Piece> all = new ArrayList<>(pieces);
        all.addAll(other.pieces);
        return new Selection(all, sources + other.sources, directory || other.directory, identity + other.identity);
    }

    /** The same files, which stay with those that they belong to; others become root's. */
    public Selection owned() {
        return new Selection(pieces.stream().map(Piece::owned).toList(), sources, directory, identity);
    }

    /** The same files, which are what this says, whatever their contents are: they are never written twice alike. */
    public Selection knownAs(String text) {
        return new Selection(pieces.stream().map(Piece::known).toList(), sources, directory, text + "\0");
    }

    /** Nothing. */
    public static Selection none() {
        return new Selection(List.of(), 0, false, "");
    }

    List<Piece> pieces() {
        return pieces;
    }

    /** How many sources were found, each file that a pattern fits being one. */
    public int sources() {
        return sources;
    }

    /** Whether it is one file, which may be given another name. */
    public boolean isOneFile() {
        return sources == 1 && !directory && pieces.size() == 1;
    }

    /** Whether a source is a directory, whose content is what is meant. */
    public boolean hasDirectory() {
        return directory;
    }

    /** What identifies everything that is copied but its times: the same files give the same digest wherever they are. */
    public Digest digest() throws IOException {
        MessageDigest hasher = Digest.Algorithm.SHA256.hasher();
        if (!identity.isEmpty()) {
            text(hasher, identity);
        }
        for (Piece piece : pieces) {
            if (piece.isKnown()) {
                continue;
            }
            TarEntry entry = piece.file().entry();
            text(hasher, String.join("/", piece.place()));
            number(hasher, piece.isOwned() ? 1 : 0);
            text(hasher, entry.type().name());
            text(hasher, entry.linkTarget());
            number(hasher, entry.mode());
            number(hasher, entry.uid());
            number(hasher, entry.gid());
            number(hasher, entry.deviceMajor());
            number(hasher, entry.deviceMinor());
            number(hasher, entry.size());
            new TreeMap<>(entry.xattrs()).forEach((name, value) -> {
                text(hasher, name);
                number(hasher, value.length);
                hasher.update(value);
            });
            if (entry.type() == TarEntry.Type.FILE) {
                piece.tree().digest(piece.path(), hasher);
            }
        }
        return Digest.finish(Digest.Algorithm.SHA256, hasher);
    }

    private static void text(MessageDigest hasher, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        number(hasher, bytes.length);
        hasher.update(bytes);
    }

    private static void number(MessageDigest hasher, long number) {
        hasher.update(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
    }

    /** A directory's content below its place, the directory itself first. */
    private static void add(List<Piece> pieces, Piece directory, List<String> below, Choice choice) throws IOException {
        if (below.isEmpty() || !directory.place().isEmpty()) {
            pieces.add(directory);
        }
        for (String name : directory.tree().list(directory.path())) {
            List<String> inner = append(below, name);
            if (name.startsWith(MARK_PREFIX)) {
                throw BuildException.invalid("cannot copy " + String.join("/", append(directory.path(), name))
                        + ": in layers, names that begin with " + MARK_PREFIX + " mark what was removed");
            }
            List<String> path = append(directory.path(), name);
            Optional<TreeFile> file = directory.tree().find(path);
            if (file.isEmpty()) {
                continue; // a socket
            }
            Piece piece = new Piece(directory.tree(), path, append(directory.place(), name), file.get(), false, false);
            boolean excluded = choice.excluded().test(String.join("/", inner));
            if (file.get().entry().type() == TarEntry.Type.DIRECTORY) {
                int before = pieces.size();
                add(pieces, piece, inner, choice);
                if (excluded && pieces.size() == before + 1) {
                    pieces.removeLast(); // nothing in it is an exception
                }
            } else if (!excluded) {
                pieces.add(piece);
            }
        }
    }

    private static List<String> append(List<String> names, String name) {
        List<String> longer = new ArrayList<>(names);
        longer.add(name);
        return longer;
    }

    /**
     * A path that a source means.
     *
     * @param skipped how many of its names come before what is kept with {@code --parents}: before a {@code /./}
     */
    private record Match(List<String> path, int skipped) {
        Match in(String name) {
            return new Match(append(path, name), skipped);
        }

        Match keptFromHere() {
            return new Match(path, path.size());
        }

        List<String> kept() {
            return path.subList(skipped, path.size());
        }
    }

    /**
     * The paths that a source means: one, or those that fit its pattern, which may be none.
     *
     * @param parents whether directories are kept: then {@code **} is any number of them
     */
    private static List<Match> matches(SourceTree tree, String source, boolean parents) throws IOException {
        List<String> names = SourcePath.names(source);
        int pivot = pivot(source);
        if (names.stream().noneMatch(PathPattern::isPattern)) {
            return List.of(new Match(names, Math.min(pivot, names.size())));
        }
        List<Match> found = List.of(new Match(List.of(), 0));
        for (int i = 0; i < names.size(); i++) {
            found = i == pivot ? found.stream().map(Match::keptFromHere).toList() : found;
            boolean anyDepth = parents && names.get(i).equals("**") && i < names.size() - 1;
            found = anyDepth ? deeper(tree, found) : longer(tree, found, names.get(i));
        }
        found = pivot == names.size() ? found.stream().map(Match::keptFromHere).toList() : found;
        Map<List<String>, Match> there = new LinkedHashMap<>();
        for (Match match : found) {
            if (SourcePath.follow(tree, match.path()).isPresent()) {
                there.putIfAbsent(match.path(), match);
            }
        }
        return there.values().stream()
                .filter(match -> !isWithin(match.path(), there.keySet()))
                .toList();
    }

    /** How many names come before the first {@code /./}. */
    private static int pivot(String source) {
        int at = source.indexOf("/./");
        return at < 0 ? 0 : SourcePath.names(source.substring(0, at)).size();
    }

    private static List<Match> longer(SourceTree tree, List<Match> found, String name) throws IOException {
        PathPattern pattern = PathPattern.of(name);
        List<Match> longer = new ArrayList<>();
        for (Match match : found) {
            if (!PathPattern.isPattern(name)) {
                longer.add(match.in(name));
            } else {
                List<String> directory = SourcePath.follow(tree, match.path()).orElse(List.of());
                for (String child : tree.list(directory)) {
                    if (pattern.matches(child)) {
                        longer.add(match.in(child));
                    }
                }
            }
        }
        return longer;
    }

    /** The same, and all directories below. */
    private static List<Match> deeper(SourceTree tree, List<Match> found) throws IOException {
        List<Match> all = new ArrayList<>();
        Deque<Match> open = new ArrayDeque<>(found);
        while (!open.isEmpty()) {
            Match match = open.removeFirst();
            all.add(match);
            for (String child : tree.list(match.path())) {
                Match below = match.in(child);
                if (tree.find(below.path())
                        .filter(file -> file.entry().type() == TarEntry.Type.DIRECTORY)
                        .isPresent()) {
                    open.add(below);
                }
            }
        }
        return all;
    }

    /** Whether another path is a directory that this one is in. */
    private static boolean isWithin(List<String> path, Set<List<String>> others) {
        for (int length = 1; length < path.size(); length++) {
            if (others.contains(path.subList(0, length))) {
                return true;
            }
        }
        return false;
    }

    private static BuildException missing(SourceTree tree, String source, String instruction) {
        return BuildException.invalid(instruction + " failed: " + tree.whereMissing() + "stat "
                + String.join("/", SourcePath.names(source)) + ": file does not exist");
    }
}
