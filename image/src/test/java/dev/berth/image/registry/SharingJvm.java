package dev.berth.image.registry;

import dev.berth.image.Image;
import dev.berth.image.ImageOptions;
import dev.berth.image.ImageUser;
import dev.berth.image.Images;
import dev.berth.image.shared.SharedCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A program of its own JVM that pulls an image in a slot; and removes it, time and again, until it is killed. */
final class SharingJvm {
    private SharingJvm() {}

    /**
     * Pulls.
     *
     * @param args {@code once} or {@code ever}, the slot, the repository, and the sizes of the layers of its image {@code 1}
     */
    public static void main(String[] args) throws IOException {
        Path slot = Files.createDirectories(Path.of(args[1]));
        String name = args[2] + ":1";
        try (Images images = Images.open(slot.resolve("data"), ImageOptions.DEFAULT.in(SharedCache.of(slot)))) {
            System.out.println("up");
            while (true) {
                Image image =
                        images.pull(new PullRequest(name, false, Optional.empty(), Credentials.ANONYMOUS), event -> {});
                List<Path> layers = images.lowerDirs(image).reversed();
                for (int i = 0; i < layers.size(); i++) {
                    Path file = layers.get(i).resolve("file-" + i);
                    if (Files.size(file) != Long.parseLong(args[3 + i])) {
                        throw new IOException(file + " is not whole");
                    }
                }
                System.out.println("pulled");
                if (args[0].equals("once")) {
                    return;
                }
                images.remove(name, true, any -> List.<ImageUser>of());
                System.out.println("removed");
            }
        }
    }
}
