package dev.berth.image.registry;

import dev.berth.image.check.Holders;
import java.util.Set;

/** Nobody has an image. */
final class NoContainers implements Holders {
    @Override
    public boolean exists(String id) {
        return false;
    }

    @Override
    public Set<String> ofImages() {
        return Set.of();
    }

    @Override
    public Set<String> running() {
        return Set.of();
    }
}
