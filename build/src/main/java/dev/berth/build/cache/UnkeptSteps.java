package dev.berth.build.cache;

import dev.berth.engine.Engine;
import dev.berth.image.Image;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * Images that steps came to, and no record of the cache leads to any more: a step was done anew, a build failed between the
 * image and its record, or a crash lost the record. Nobody would find them, or remove them.
 */
public final class UnkeptSteps {
    private final Engine engine;
    private final BuildCache cache;

    public UnkeptSteps(Engine engine, BuildCache cache) {
        this.engine = engine;
        this.cache = cache;
    }

    /** Removes them, with what only they need; not as long as builds are under way, who make such images. */
    public void remove() throws IOException {
        cache.unlessAnyIsMade(() -> {
            Set<Digest> kept = new HashSet<>();
            cache.list().forEach(record -> kept.add(record.image()));
            for (Image image : engine.images().store().steps()) {
                if (!kept.contains(image.id())) {
                    remove(engine, image.id());
                }
            }
        });
    }

    /** An image that was asked for meanwhile, or has a container, stays. */
    static void remove(Engine engine, Digest id) throws IOException {
        if (engine.images().store().isStep(id)) {
            try {
                engine.images().remove(id.toString(), false);
            } catch (ImageException e) {
                if (e.kind() != ImageException.Kind.CONFLICT && e.kind() != ImageException.Kind.NOT_FOUND) {
                    throw e;
                }
            }
        }
    }
}
