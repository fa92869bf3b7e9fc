package dev.berth.build.java;

import dev.berth.image.Image;
import java.util.List;

/** What an application's layers are put on. */
public sealed interface JavaBase {
    /** An image with a {@code java} on its path, whose blobs are in the store that the new image is made in. */
    record OnImage(Image image) implements JavaBase {}

    /**
     * Nothing: a runtime is made for the application of the JDK that runs this, and of the host's C library.
     *
     * @param modules of the JDK beside those that the classes are seen to use
     * @param made runtimes that were made before, and where this one is kept for the next build
     */
    record Runtime(List<String> modules, JavaRuntimes made) implements JavaBase {
        public Runtime {
            modules = List.copyOf(modules);
        }
    }
}
