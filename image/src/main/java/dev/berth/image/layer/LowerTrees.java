package dev.berth.image.layer;

import dev.berth.linux.Errno;
import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.FileStatus;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What overlayfs would show of the layers below, looked up without mounting them. Links on the way are not followed.
 *
 * @param trees the layers' directories, the topmost first
 */
record LowerTrees(List<Path> trees) {
    LowerTrees {
        trees = List.copyOf(trees);
    }

    /**
     * A file as it shows through.
     *
     * @param parent the directory it is in, in its layer; the caller closes it
     */
    record Found(Directory parent, String name, FileStatus status) implements AutoCloseable {
        Metadata metadata() {
            return Metadata.of(parent, name, status);
        }

        @Override
        public void close() {
            parent.close();
        }
    }

    /** Finds a file; the caller closes what is found. */
    Optional<Found> find(LayerPath path) {
        for (Path tree : trees) {
            Search search = new Search(Directory.open(tree));
            Optional<Found> found = search.descend(path);
            if (found.isPresent() || search.hidesWhatIsBelow) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** A walk down one layer. */
    private static final class Search {
        private Directory at;
        private boolean hidesWhatIsBelow;

        Search(Directory root) {
            this.at = root;
        }

        Optional<Found> descend(LayerPath path) {
            boolean keepOpen = false;
            try {
                if (path.isRoot()) {
                    keepOpen = true;
                    return Optional.of(new Found(at, ".", at.status()));
                }
                for (String component : path.parent().components()) {
                    Optional<FileStatus> status = look(component);
                    if (status.isEmpty()) {
                        return Optional.empty();
                    }
                    if (!status.get().isDirectory()) {
                        hidesWhatIsBelow = true;
                        return Optional.empty();
                    }
                    Directory next = at.openDirectory(component);
                    at.close();
                    at = next;
                }
                Optional<FileStatus> status = look(path.name());
                if (status.filter(OverlayMarks::isWhiteout).isPresent()) {
                    hidesWhatIsBelow = true;
                    return Optional.empty();
                }
                keepOpen = status.isPresent();
                return status.map(found -> new Found(at, path.name(), found));
            } catch (LinuxException e) {
                if (e.is(Errno.ENAMETOOLONG)) {
                    return Optional.empty();
                }
                throw e;
            } finally {
                if (!keepOpen) {
                    at.close();
                }
            }
        }

        private Optional<FileStatus> look(String component) {
            Optional<FileStatus> status = at.status(component);
            hidesWhatIsBelow |= status.isEmpty() && OverlayMarks.isOpaque(at);
            return status;
        }
    }
}
