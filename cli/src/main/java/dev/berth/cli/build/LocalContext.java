package dev.berth.cli.build;

import dev.berth.build.context.IgnoreFile;
import dev.berth.cli.CliException;
import dev.berth.linux.Errno;
import dev.berth.linux.Fd;
import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Attributes;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.FileStatus;
import dev.berth.linux.file.Open;
import dev.berth.linux.file.OpenFile;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The files of a directory that belong to a build, read as they are sent if their data is wanted, in the order of their names. Names are bytes,
 * whatever the user's language is, and no link is followed.
 */
public final class LocalContext {
    private static final int BUFFER_BYTES = 128 << 10;
    private static final int EXECUTABLE = 0111;

    private final Path root;
    private final IgnoreFile ignored;
    private final Set<String> always;

    /**
     * @param ignored what does not belong to it
     * @param always files of which the daemon has to know, and which it leaves out itself where they are ignored
     */
    public LocalContext(Path root, IgnoreFile ignored, Set<String> always) {
        this.root = root;
        this.ignored = ignored;
        this.always = always;
    }

    /** @throws CliException for what cannot be read, or changes meanwhile */
    void writeTo(ContextSink sink) throws IOException {
        try (Directory directory = Directory.open(root);
                Walk walk = new Walk(sink)) {
            walk.into(directory, "", ignored.root());
        } catch (LinuxException e) {
            throw e.is(Errno.EACCES)
                    ? new CliException("error checking context: no permission to read: " + e.getMessage())
                    : new CliException("error checking context: " + e.getMessage());
        }
    }

    /** One pass through the tree. */
    private final class Walk implements AutoCloseable {
        private final ContextSink sink;
        private final Arena arena = Arena.ofConfined();
        private final MemorySegment buffer = arena.allocate(BUFFER_BYTES);
        private final byte[] copy = new byte[BUFFER_BYTES];
        /** Of files with several names, the first, by device and inode. */
        private final Map<List<Long>, String> firstNames = new HashMap<>();
        /** Directories that are part of the build only if something in them is, the outermost first. */
        private final Deque<Parent> undecided = new ArrayDeque<>();

        private record Parent(String path, FileStatus status) {}

        Walk(ContextSink sink) {
            this.sink = sink;
        }

        void into(Directory directory, String prefix, IgnoreFile.Directory rules) throws IOException {
            List<String> names = directory.list();
            names.sort(null);
            for (String name : names) {
                Optional<FileStatus> status = directory.status(name);
                if (status.isEmpty()) {
                    continue; // it is gone since the names were read
                }
                String path = prefix + name;
                if (status.get().isDirectory()) {
                    directory(directory, name, new Parent(path, status.get()), rules.enter(name));
                } else if (!rules.ignores(name) || always.contains(path)) {
                    decide();
                    one(directory, name, path, status.get());
                }
            }
        }

        private void directory(Directory above, String name, Parent self, IgnoreFile.Directory rules)
                throws IOException {
            if (!rules.isWorthEntering() && !hasAlways(self.path())) {
                return;
            }
            undecided.addLast(self);
            if (!rules.isIgnored()) {
                decide();
            }
            try (Directory inside = above.openDirectory(name)) {
                into(inside, self.path() + "/", rules);
            }
            if (!undecided.isEmpty()) {
                undecided.removeLast(); // nothing in it is part of the build
            }
        }

        private boolean hasAlways(String path) {
            return always.stream().anyMatch(file -> file.startsWith(path + "/"));
        }

        /** What is in them is part of the build. */
        private void decide() throws IOException {
            for (Parent parent : undecided) {
                sink.directory(parent.path(), parent.status());
            }
            undecided.clear();
        }

        private void one(Directory directory, String name, String path, FileStatus status) throws IOException {
            if (status.type() == FileStatus.SOCKET) {
                return; // an archive has none, nor has Docker's
            }
            if (status.links() > 1) {
                String first = firstNames.putIfAbsent(List.of(status.device(), status.inode()), path);
                if (first != null) {
                    sink.hardLink(path, first, status);
                    return;
                }
            }
            switch (status.type()) {
                case FileStatus.REGULAR -> {
                    Optional<byte[]> capability = (status.permissions() & EXECUTABLE) == 0
                            ? Optional.empty()
                            : new Attributes(directory).get(name, "security.capability");
                    sink.file(path, status, capability, out -> {
                        try (Fd file = directory.openFile(name, Open.READ | Open.NON_BLOCKING, 0)) {
                            copy(new OpenFile(file, path), status.size(), out);
                        }
                    });
                }
                case FileStatus.SYMLINK -> sink.symlink(path, directory.readLink(name), status);
                default -> sink.node(path, status);
            }
        }

        /** Exactly as much as the archive was told: what a file grows by meanwhile is not sent. */
        private void copy(OpenFile file, long size, OutputStream out) throws IOException {
            long done = 0;
            while (done < size) {
                int wanted = (int) Math.min(BUFFER_BYTES, size - done);
                int count = (int) file.readAt(done, buffer.asSlice(0, wanted));
                if (count < wanted) {
                    throw new CliException("error checking context: " + root.resolve(file.path())
                            + " became shorter while it was sent: build again");
                }
                MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, copy, 0, count);
                out.write(copy, 0, count);
                done += count;
            }
        }

        @Override
        public void close() {
            arena.close();
        }
    }
}
