package dev.berth.build.files;

import dev.berth.build.BuildException;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.Limits;
import dev.berth.image.tar.TarEntry;
import dev.berth.image.tar.TarReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * A context whose files are told of first, and whose data comes behind, of several at a time; of files that are known from
 * another time it is here. For one thread. What does not become a whole tree is to be closed.
 */
public final class ArrivingTree implements AutoCloseable {
    private final SentContexts.Arrival arrival;
    private final ContextTree tree;
    private long entries;
    private long bytes;
    private long missing;

    /** @param arrival which stays the caller's, and is closed behind this */
    public ArrivingTree(SentContexts.Arrival arrival) {
        this.arrival = arrival;
        this.tree = arrival.tree();
    }

    /**
     * Adds what there is.
     *
     * @param told all that is told of a file, where the same is told only of one that has the same in it
     * @return the file where its data is missing, all of which is to be given
     * @throws BuildException INVALID for what leads out of the context, or is too much
     */
    public Optional<File> add(TarEntry entry, Optional<Fingerprint> told) throws IOException {
        if (++entries > Limits.DEFAULT.entries()) {
            throw BuildException.invalid(
                    "the build context has more than " + Limits.DEFAULT.entries() + " files: ignore some");
        }
        if (entry.path().length() > Limits.DEFAULT.pathBytes() || entry.path().indexOf(0) >= 0) {
            throw BuildException.invalid(
                    "the build context has a path that no file can have: " + TarReader.printable(entry.path()));
        }
        if (entry.size() < 0 || entry.size() > Limits.DEFAULT.layerBytes() - bytes) {
            throw BuildException.invalid("the build context is larger than " + Limits.DEFAULT.layerBytes() + " bytes");
        }
        bytes += entry.size();
        File[] file = new File[1];
        tree.add(entry, node -> {
            Optional<SentIndex.Place> known = told.flatMap(arrival::find).filter(place -> place.size() == entry.size());
            if (known.isPresent()) {
                tree.adopt(node, known.get());
            } else {
                tree.reserve(node);
                file[0] = new File(node, entry, told);
                missing++;
            }
        });
        return Optional.ofNullable(file[0]);
    }

    /**
     * All that there is, whose data is here; from here on the caller's. It is kept for another time.
     *
     * @throws IllegalStateException while data is missing
     */
    public ContextTree whole() throws IOException {
        if (missing > 0) {
            throw new IllegalStateException(missing + " files have no data");
        }
        arrival.whole();
        return tree;
    }

    /** A file's data on its way. */
    public final class File {
        private final ContextTree.Node node;
        private final TarEntry entry;
        private final Optional<Fingerprint> told;
        /** Made with the first data: most of many files wait for theirs. */
        private Optional<MessageDigest> hasher = Optional.empty();

        private long written;

        private File(ContextTree.Node node, TarEntry entry, Optional<Fingerprint> told) {
            this.node = node;
            this.entry = entry;
            this.told = told;
        }

        public TarEntry entry() {
            return entry;
        }

        /** @throws BuildException INVALID for more than was told of */
        public void write(ByteBuffer data) throws IOException {
            if (data.remaining() > entry.size() - written) {
                throw changed();
            }
            hasher().update(data.duplicate());
            int length = data.remaining();
            tree.write(node, written, data);
            written += length;
        }

        /** @throws BuildException INVALID for less than was told of */
        public void end() {
            if (written != entry.size()) {
                throw changed();
            }
            tree.identify(node, hasher().digest());
            told.ifPresent(known -> arrival.put(known, ContextTree.place(node)));
            missing--;
        }

        private MessageDigest hasher() {
            MessageDigest known = hasher.orElseGet(Digest.Algorithm.SHA256::hasher);
            hasher = Optional.of(known);
            return known;
        }

        private BuildException changed() {
            return BuildException.invalid("the file " + TarReader.printable(entry.path())
                    + " of the build context has changed while it was sent: build again");
        }
    }

    @Override
    public void close() throws IOException {
        tree.close();
    }
}
