package dev.berth.cli.build;

import dev.berth.cli.CliException;
import dev.berth.cli.http.ApiException;
import dev.berth.cli.http.EngineClient;
import dev.berth.cli.http.Hijacked;
import dev.berth.linux.Errno;
import dev.berth.linux.LinuxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Sends folders to a daemon elsewhere, which asks for them over a connection of their own and is told of all their files; of those
 * it asks for what it does not have from the last build. Closing it ends the connection.
 */
public final class FolderService implements AutoCloseable {
    private static final int NOT_FOUND = 404;
    private static final Path HOST = Path.of("/proc/sys/kernel/hostname");

    private final String id;
    private final Hijacked connection;
    private final Map<String, SentFolder> folders = new HashMap<>();
    private final Optional<String> shown;
    private final BuildProgress progress;
    private volatile Optional<CliException> failure = Optional.empty();

    private FolderService(
            String id, Hijacked connection, List<SentFolder> folders, Optional<String> shown, BuildProgress progress) {
        this.id = id;
        this.connection = connection;
        this.shown = shown;
        this.progress = progress;
        folders.forEach(folder -> this.folders.put(folder.name(), folder));
    }

    /**
     * Begins to wait for what a daemon asks for.
     *
     * @param shown the folder of which it is shown how far it is
     * @return empty where it is a daemon that does not ask
     */
    public static Optional<FolderService> begin(
            EngineClient client, List<SentFolder> folders, Optional<SentFolder> shown, BuildProgress progress)
            throws IOException {
        String id = UUID.randomUUID().toString();
        String host = Files.readString(HOST).strip();
        Hijacked connection;
        try {
            connection = client.hijack("/berth/build/folders?id=" + id + "&host=" + EngineClient.encode(host), null);
        } catch (ApiException e) {
            if (e.status() == NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
        FolderService service = new FolderService(id, connection, folders, shown.map(SentFolder::name), progress);
        Thread.ofPlatform().daemon().name("folders").start(service::run);
        return Optional.of(service);
    }

    /** By what the build is to name it. */
    public String id() {
        return id;
    }

    /** Why a folder could not be sent. */
    public Optional<CliException> failure() {
        return failure;
    }

    private void run() {
        FolderPackets packets = new FolderPackets(connection.input(), connection.output());
        try {
            for (Optional<FolderPackets.Asked> asked = packets.next(); asked.isPresent(); asked = packets.next()) {
                if (asked.get() instanceof FolderPackets.Asked.Folder(String name) && failure.isEmpty()) {
                    send(name, packets);
                }
            }
        } catch (IOException e) {
            // the daemon has ended the connection, and says why in its answer to the build
        }
    }

    private void send(String name, FolderPackets packets) throws IOException {
        try {
            SentFolder folder = folders.get(name);
            if (folder == null) {
                throw new CliException("the daemon asks for a folder that the build does not have: " + name);
            }
            try (FolderSending sending = new FolderSending(folder, packets)) {
                long before = packets.bytes();
                sending.list();
                while (packets.next().orElseThrow(() -> new IOException("the daemon has left"))
                        instanceof FolderPackets.Asked.Data(int file)) {
                    sending.send(file);
                    if (shown.filter(name::equals).isPresent()) {
                        progress.sending(packets.bytes() - before);
                    }
                }
                if (shown.filter(name::equals).isPresent()) {
                    progress.sent(packets.bytes() - before); // before the daemon goes on, and has something to tell
                }
                packets.end();
            }
        } catch (LinuxException e) {
            fail(
                    packets,
                    new CliException("error checking context: " + (e.is(Errno.EACCES) ? "no permission to read: " : "")
                            + e.getMessage()));
        } catch (CliException e) {
            fail(packets, e);
        }
    }

    private void fail(FolderPackets packets, CliException reason) throws IOException {
        failure = Optional.of(reason);
        packets.failure(String.valueOf(reason.getMessage()));
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
