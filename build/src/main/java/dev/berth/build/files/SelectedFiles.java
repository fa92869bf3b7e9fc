package dev.berth.build.files;

import dev.berth.image.tar.EntrySource;
import dev.berth.image.tar.RawName;
import dev.berth.image.tar.TarEntry;
import dev.berth.image.tar.TarReader;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;

/** A selection's files, to be unpacked into a target. */
public final class SelectedFiles implements EntrySource {
    private final Iterator<Piece> left;
    private final Optional<String> name;
    private final ModeChange mode;
    private final Optional<Instant> time;
    /** Of files that have several names, the first. */
    private final Map<Object, String> firstNames = new HashMap<>();

    private Optional<Piece> current = Optional.empty();

    /**
     * @param name for a selection of one file: what it is to be called
     * @param mode what becomes of their own
     * @param time for all of them, in place of their own
     */
    public SelectedFiles(Selection selection, Optional<String> name, ModeChange mode, Optional<Instant> time) {
        this.left = selection.pieces().iterator();
        this.name = name;
        this.mode = mode;
        this.time = time;
    }

    @Override
    public Optional<TarEntry> next() {
        while (left.hasNext()) {
            Piece piece = left.next();
            if (piece.place().isEmpty()) {
                continue; // the target itself
            }
            String path = RawName.of(name.orElseGet(() -> String.join("/", piece.place())));
            TarEntry whole = piece.file().entry().at(path);
            TarEntry own = piece.isOwned() ? whole : whole.withOwner(0, 0);
            TarEntry entry = time.map(own::withModified).orElse(own);
            Optional<String> first = piece.file().inode().map(inode -> firstNames.putIfAbsent(inode, path));
            if (first.isPresent()) {
                current = Optional.empty();
                return Optional.of(entry.withType(TarEntry.Type.HARD_LINK).withLinkTarget(first.get()));
            }
            current = Optional.of(piece).filter(file -> entry.type() == TarEntry.Type.FILE);
            return Optional.of(
                    entry.type() == TarEntry.Type.SYMLINK
                            ? entry
                            : entry.withMode(mode.of(entry.mode(), entry.type() == TarEntry.Type.DIRECTORY)));
        }
        return Optional.empty();
    }

    @Override
    public void readData(TarReader.DataSink sink) throws IOException {
        if (current.isPresent()) {
            current.get().tree().read(current.get().path(), sink);
        }
    }
}
