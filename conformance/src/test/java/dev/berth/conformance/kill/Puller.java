package dev.berth.conformance.kill;

import dev.berth.embedded.Berth;
import dev.berth.embedded.BerthOptions;
import java.nio.file.Path;

/** A program of its own JVM that pulls an image, has it, and ends. */
final class Puller {
    private Puller() {}

    /** @param args the engine's cache, and the name of an image in a registry */
    public static void main(String[] args) {
        try (Berth berth = Berth.start(BerthOptions.DEFAULT.withCache(Path.of(args[0])))) {
            berth.images().pull(args[1]);
            if (berth.images().find(args[1]).isEmpty()) {
                throw new IllegalStateException(args[1] + " was pulled and is not there");
            }
        }
    }
}
