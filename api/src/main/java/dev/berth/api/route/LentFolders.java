package dev.berth.api.route;

import dev.berth.api.buildkit.FolderClients;
import dev.berth.api.http.ClientProcess;
import dev.berth.build.Builder;
import dev.berth.build.ContextSource;
import dev.berth.build.LentFolder;
import dev.berth.build.NamedContext;
import dev.berth.build.run.BuildRunner;
import dev.berth.engine.error.EngineException;
import io.avaje.json.JsonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The folders that the client of a build has: those that it lends, a process of this host that may read what we may, each as
 * {@code <descriptor>:<device>:<inode>}; those that it sends, over the connection that {@code files} of the query names; and the
 * contexts that a build has in place of names: {@code contexts} of the query, our own, a JSON object of {@code folder:} and a
 * folder that is lent, {@code sent:} and one that is sent, {@code layout:}, an image's tag or digest, {@code ;} and either of those,
 * {@code docker-image://} and a reference, or an address.
 */
final class LentFolders implements AutoCloseable {
    private static final String FOLDER = "folder:";
    private static final String SENT = "sent:";
    private static final String LAYOUT = "layout:";
    private static final String IMAGE = "docker-image://";

    private final Call call;
    private final FolderClients clients;
    private final Optional<String> sender;
    private final List<LentFolder> open = new ArrayList<>();

    private LentFolders(Call call, FolderClients clients) {
        this.call = call;
        this.clients = clients;
        this.sender = call.query("files");
    }

    /** @param clients who send folders */
    static LentFolders of(Call call, FolderClients clients) {
        return new LentFolders(call, clients);
    }

    /**
     * A folder that the client sends, as a context.
     *
     * @param name that the client has for it
     * @throws EngineException NOT_FOUND where it is not here to send it, INVALID where the query does not name it
     */
    ContextSource sent(String name, Builder builder) throws IOException {
        String id = sender.orElseThrow(
                () -> EngineException.invalid("the folder " + name + " is to be sent, and files does not say by whom"));
        return clients.get(id).folder(name, builder.sentContexts());
    }

    /**
     * A path that means a folder, as long as this is open.
     *
     * @throws EngineException NOT_FOUND where we cannot read it, INVALID for what is malformed
     */
    Path folder(String text) throws IOException {
        String[] parts = text.split(":");
        Optional<ClientProcess> client = call.exchange()
                .clientProcess()
                .filter(process -> process.uid() == 0 && LentFolder.readsEverything(process.pid()));
        Optional<LentFolder> folder = Optional.empty();
        if (parts.length == 3 && client.isPresent()) {
            try {
                folder = LentFolder.of(
                        client.get().pid(),
                        Integer.parseInt(parts[0]),
                        Long.parseUnsignedLong(parts[1]),
                        Long.parseUnsignedLong(parts[2]));
            } catch (NumberFormatException e) {
                throw EngineException.invalid("folder is <descriptor>:<device>:<inode>, got " + text);
            }
        }
        LentFolder lent = folder.orElseThrow(
                () -> EngineException.notFound("the context cannot be read where it is: send it as an archive"));
        open.add(lent);
        return lent.path();
    }

    /** What the query has in place of names. */
    Map<String, NamedContext> contexts(Builder builder) throws IOException {
        Map<String, NamedContext> contexts = new LinkedHashMap<>();
        Optional<String> text = call.query("contexts");
        if (text.isPresent()) {
            for (Map.Entry<?, ?> entry : object(text.get()).entrySet()) {
                String name = String.valueOf(entry.getKey());
                contexts.put(name, context(name, String.valueOf(entry.getValue()), builder));
            }
        }
        return contexts;
    }

    private Map<?, ?> object(String text) {
        try {
            if (call.read(text.getBytes(StandardCharsets.UTF_8), Object.class) instanceof Map<?, ?> map) {
                return map;
            }
        } catch (JsonException e) {
            throw new EngineException(EngineException.Kind.INVALID, "the parameter contexts is not JSON", e);
        }
        throw EngineException.invalid("the parameter contexts is not a JSON object");
    }

    private NamedContext context(String name, String value, Builder builder) throws IOException {
        if (value.startsWith(IMAGE)) {
            return new NamedContext.OfImage(value.substring(IMAGE.length()));
        }
        if (value.startsWith(LAYOUT)) {
            int end = value.indexOf(';');
            Optional<ContextSource> folder =
                    end < 0 ? Optional.empty() : folder(name, value.substring(end + 1), builder);
            return new NamedContext.OfLayout(BuildRunner.layout(
                    folder.orElseThrow(() -> EngineException.invalid(
                            "the build context " + name + " is a layout in no folder: " + value)),
                    value.substring(LAYOUT.length(), end)));
        }
        Optional<ContextSource> folder = folder(name, value, builder);
        return folder.isPresent() ? new NamedContext.OfFiles(folder.get()) : new NamedContext.OfAddress(value);
    }

    /** Empty for what is no folder. */
    private Optional<ContextSource> folder(String name, String value, Builder builder) throws IOException {
        if (value.startsWith(SENT)) {
            return Optional.of(sent(value.substring(SENT.length()), builder));
        }
        if (!value.startsWith(FOLDER)) {
            return Optional.empty();
        }
        try {
            return Optional.of(builder.folder(folder(value.substring(FOLDER.length())), Map.of()));
        } catch (EngineException e) {
            throw e.kind() == EngineException.Kind.NOT_FOUND
                    ? EngineException.notFound("the folder of the build context " + name
                            + " cannot be read where it is: that takes root on the daemon's host")
                    : e;
        }
    }

    @Override
    public void close() {
        open.forEach(LentFolder::close);
        sender.ifPresent(clients::end);
    }
}
