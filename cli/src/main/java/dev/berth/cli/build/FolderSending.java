package dev.berth.cli.build;

import dev.berth.cli.CliException;
import dev.berth.linux.Fd;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.FileStatus;
import dev.berth.linux.file.Open;
import dev.berth.linux.file.OpenFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A folder that is told of and sent, file by file. What it was told to be, a file is when it is sent, or the build fails. */
final class FolderSending implements ContextSink, AutoCloseable {
    private static final int CHUNK_BYTES = 64 << 10;

    private static final long DIRECTORY = 1L << 31;
    private static final long SYMLINK = 1L << 27;
    private static final long DEVICE = 1L << 26;
    private static final long FIFO = 1L << 25;
    private static final long SETUID = 1L << 23;
    private static final long SETGID = 1L << 22;
    private static final long CHARACTER = 1L << 21;
    private static final long STICKY = 1L << 20;

    private final SentFolder folder;
    private final FolderPackets packets;
    private final Directory root;
    /** In the order in which they were told of. */
    private final List<Told> told = new ArrayList<>();

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment buffer = arena.allocate(CHUNK_BYTES);
    private final byte[] chunk = new byte[CHUNK_BYTES];

    /** A file, as far as there is data of it. */
    private sealed interface Told {
        record OnDisk(String path, FileStatus status) implements Told {}

        record Document(byte[] content) implements Told {}

        record NoData() implements Told {}
    }

    FolderSending(SentFolder folder, FolderPackets packets) {
        this.folder = folder;
        this.packets = packets;
        this.root = Directory.open(folder.root());
    }

    /** Tells of all files. */
    void list() throws IOException {
        for (String name : folder.documents().keySet().stream().sorted().toList()) {
            document(name, folder.documents().getOrDefault(name, new byte[0]));
        }
        folder.files().writeTo(this);
        packets.endOfFiles();
    }

    @Override
    public void directory(String path, FileStatus status) throws IOException {
        tell(path, DIRECTORY, status, "");
    }

    @Override
    public void hardLink(String path, String existing, FileStatus status) throws IOException {
        tell(path, 0, status, existing);
    }

    @Override
    public void symlink(String path, String target, FileStatus status) throws IOException {
        tell(path, SYMLINK, status, target);
    }

    @Override
    public void node(String path, FileStatus status) throws IOException {
        long type = switch (status.type()) {
            case FileStatus.FIFO -> FIFO;
            case FileStatus.BLOCK_DEVICE -> DEVICE;
            default -> DEVICE | CHARACTER;
        };
        tell(path, type, status, "");
    }

    private void tell(String path, long type, FileStatus status, String link) throws IOException {
        packets.file(path, type | mode(status), status, link, Optional.empty(), new byte[0]);
        told.add(new Told.NoData());
    }

    @Override
    public void file(String path, FileStatus status, Optional<byte[]> capability, Data data) throws IOException {
        packets.file(path, mode(status), status, "", capability, FolderPackets.identity(status));
        told.add(new Told.OnDisk(path, status));
    }

    @Override
    public void document(String path, byte[] content) throws IOException {
        FileStatus status = ContextSink.statusOf(content);
        packets.file(path, mode(status), status, "", Optional.empty(), new byte[0]);
        told.add(new Told.Document(content));
    }

    /** As Go has it. */
    private static long mode(FileStatus status) {
        int mode = status.permissions();
        return (mode & 0777)
                | ((mode & 04000) != 0 ? SETUID : 0)
                | ((mode & 02000) != 0 ? SETGID : 0)
                | ((mode & 01000) != 0 ? STICKY : 0);
    }

    /** Sends a file's data. */
    void send(int number) throws IOException {
        if (number < 0 || number >= told.size()) {
            throw new IOException("the daemon asks for a file that it was not told of: " + number);
        }
        switch (told.get(number)) {
            case Told.OnDisk(String path, FileStatus status) -> send(number, path, status);
            case Told.Document(byte[] content) -> packets.data(number, content, content.length);
            case Told.NoData _ -> throw new IOException("the daemon asks for the data of what has none: " + number);
        }
        packets.data(number, chunk, 0);
    }

    private void send(int number, String path, FileStatus status) throws IOException {
        try (Fd file = root.openBeneath(path, Open.READ | Open.NON_BLOCKING | Open.NO_TERMINAL, 0)) {
            check(path, status, file);
            OpenFile open = new OpenFile(file, path);
            for (long done = 0; done < status.size(); ) {
                int wanted = (int) Math.min(CHUNK_BYTES, status.size() - done);
                int count = (int) open.readAt(done, buffer.asSlice(0, wanted));
                if (count < wanted) {
                    throw changed(path);
                }
                MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, chunk, 0, count);
                packets.data(number, chunk, count);
                done += count;
            }
            check(path, status, file);
        }
    }

    private void check(String path, FileStatus status, Fd file) {
        if (!Directory.statusOf(file, path).identity().equals(status.identity())) {
            throw changed(path);
        }
    }

    private CliException changed(String path) {
        return new CliException("error checking context: " + folder.root().resolve(path)
                + " was changed while it was sent: build again");
    }

    @Override
    public void close() {
        arena.close();
        root.close();
    }
}
