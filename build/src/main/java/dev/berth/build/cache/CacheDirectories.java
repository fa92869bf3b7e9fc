package dev.berth.build.run;

import dev.berth.build.dockerfile.RunMount.Sharing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** Directories that the builder keeps from build to build, for {@code RUN --mount=type=cache}. Safe for use by many threads. */
final class CacheDirectories {
    /** As many as share one; who is alone takes all. */
    private static final int ALL = 1 << 20;

    private final Path directory;
    private final Map<String, Semaphore> users = new ConcurrentHashMap<>();

    CacheDirectories(Path directory) {
        this.directory = directory;
    }

    /** One that is held until it is closed. */
    final class Held implements AutoCloseable {
        private final Path path;
        private final boolean isNew;
        private final Semaphore users;
        private final int permits;

        private Held(Path path, boolean isNew, Semaphore users, int permits) {
            this.path = path;
            this.isNew = isNew;
            this.users = users;
            this.permits = permits;
        }

        Path path() {
            return path;
        }

        /** Whether it was made just now, and is empty. */
        boolean isNew() {
            return isNew;
        }

        @Override
        public void close() {
            users.release(permits);
        }
    }

    /**
     * Takes a directory, which is made where it is missing.
     *
     * @param name of letters and digits
     */
    Held take(String name, Sharing sharing) throws IOException, InterruptedException {
        int permits = sharing == Sharing.SHARED ? 1 : ALL;
        String free = name;
        Semaphore user = users(free);
        if (sharing == Sharing.PRIVATE) {
            for (int number = 1; !user.tryAcquire(permits); number++) {
                free = name + "-" + number;
                user = users(free);
            }
        } else {
            user.acquire(permits);
        }
        try {
            Path path = directory.resolve(free);
            boolean isNew = !Files.exists(path);
            return new Held(Files.createDirectories(path), isNew, user, permits);
        } catch (IOException | RuntimeException e) {
            user.release(permits);
            throw e;
        }
    }

    private Semaphore users(String name) {
        return users.computeIfAbsent(name, _ -> new Semaphore(ALL, true));
    }
}
