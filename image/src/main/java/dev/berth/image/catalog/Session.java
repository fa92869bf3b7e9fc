package dev.berth.image.catalog;

import dev.berth.image.oci.Digest;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Work on the store during which nothing is removed from it. Blobs that were taken in for it and that no image needs
 * in the end are removed when it is closed.
 */
public final class Session implements AutoCloseable {
    private final Collector collector;
    private final Set<Digest> temporary = new LinkedHashSet<>();
    private final Set<Digest> temporaryChain = new LinkedHashSet<>();

    Session(Collector collector) {
        this.collector = collector;
    }

    /** Says that a blob is here for this work alone, unless an image comes to need it. */
    public void isTemporary(Digest blob) {
        temporary.add(blob);
    }

    /** Says the same of snapshots. */
    public void areTemporary(Iterable<Digest> chainIds) {
        chainIds.forEach(temporaryChain::add);
    }

    @Override
    public void close() throws IOException {
        boolean interrupted = Thread.interrupted(); // what is left is to be removed all the same
        try {
            if (!temporary.isEmpty() || !temporaryChain.isEmpty()) {
                collector.release(temporary, temporaryChain);
            }
        } finally {
            collector.end();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
