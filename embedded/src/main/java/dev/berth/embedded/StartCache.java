package dev.berth.embedded;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/**
 * What an engine's JVM had loaded and seen at its end, for the next one to begin with (JEP 483, 514, 515): a file for each
 * class path and JDK, in a folder of the cache. A JVM without one writes one when it ends, under a name of its own; the next
 * start of the same boot takes it over, once it is known to be on the disk. Where the folder cannot be written or a class path
 * is of folders, there is none, and starts take longer.
 */
final class StartCache {
    private static final String WHOLE = ".aot";
    private static final String NEW = ".new";

    /** A few: what is the newest for a class path is not for that of another project. */
    private static final int MOST_KEPT = 4;

    /** A JVM has written its file, or will never, so long after it has begun to end; suites may take hours before. */
    private static final Duration FORSAKEN = Duration.ofDays(1);

    private static final int KEY_BYTES = 10;

    private final Path folder;
    private final String key;

    private StartCache(Path folder, String key) {
        this.folder = folder;
        this.key = key;
    }

    /**
     * What a JVM is to be given.
     *
     * @param options for the JVM; none where it has to do without
     * @param writes whether it goes on for some seconds at its end, to write the file
     */
    record Start(List<String> options, boolean writes) {
        static final Start WITHOUT = new Start(List.of(), false);
    }

    /**
     * Of a JVM that is to be started.
     *
     * @param folder made where it is missing
     * @param classPath jars alone
     * @param options its other options, which must be the same for a file to be of use
     */
    static Start start(Path folder, List<Path> classPath, List<String> options) {
        try {
            Files.createDirectories(folder);
            return new StartCache(folder, key(classPath, options)).start();
        } catch (IOException e) {
            return Start.WITHOUT;
        }
    }

    private Start start() throws IOException {
        Path whole = folder.resolve(key + WHOLE);
        if (Files.exists(whole) || takeOver(whole)) {
            Files.setLastModifiedTime(whole, FileTime.from(Instant.now()));
            return new Start(List.of("-XX:AOTCache=" + whole), false);
        }
        removeOld();
        String own = key + "-" + boot() + "-" + ProcessHandle.current().pid() + "-" + System.nanoTime() + NEW;
        return new Start(List.of("-XX:AOTCacheOutput=" + folder.resolve(own)), true);
    }

    /**
     * Makes a file that a JVM has written the one for all. Those of another boot may have lost what was not on the disk yet,
     * which no JVM would notice before it crashes.
     */
    private boolean takeOver(Path whole) throws IOException {
        try (DirectoryStream<Path> written = Files.newDirectoryStream(folder, key + "-" + boot() + "-*" + NEW)) {
            for (Path file : written) {
                if (isWhole(file)) {
                    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                        channel.force(true);
                    }
                    Files.move(file, whole, StandardCopyOption.ATOMIC_MOVE);
                    return true;
                }
            }
        }
        return false;
    }

    /** The JVM writes what a file begins with after all else. */
    private static boolean isWhole(Path file) throws IOException {
        if (Files.size(file) < Integer.BYTES) {
            return false;
        }
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            return in.readInt() != 0;
        }
    }

    private void removeOld() throws IOException {
        List<Path> whole = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (file.toString().endsWith(WHOLE)) {
                    whole.add(file);
                } else if (Files.getLastModifiedTime(file)
                                .toInstant()
                                .isBefore(Instant.now().minus(FORSAKEN))
                        || !file.toString().contains("-" + boot() + "-")) {
                    Files.deleteIfExists(file);
                }
            }
        }
        whole.sort(Comparator.comparingLong(StartCache::usedAt).reversed());
        for (Path file : whole.subList(Math.min(MOST_KEPT, whole.size()), whole.size())) {
            Files.deleteIfExists(file);
        }
    }

    private static long usedAt(Path file) {
        return file.toFile().lastModified(); // 0 for one that another start has removed
    }

    private static String boot() throws IOException {
        return Files.readString(Slot.BOOT_ID).strip().replace("-", "");
    }

    /** As the JVM checks it: jars by their names, sizes and times. */
    private static String key(List<Path> classPath, List<String> options) throws IOException {
        StringBuilder made = new StringBuilder(Runtime.version().toString())
                .append('\n')
                .append(System.getProperty("java.home"))
                .append('\n')
                .append(options);
        for (Path jar : classPath) {
            made.append('\n')
                    .append(jar)
                    .append(' ')
                    .append(Files.size(jar))
                    .append(' ')
                    .append(Files.getLastModifiedTime(jar).toMillis());
        }
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(made.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, KEY_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each JDK has SHA-256", e);
        }
    }
}
