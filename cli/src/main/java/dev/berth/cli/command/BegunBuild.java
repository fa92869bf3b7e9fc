package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.build.BuildContext;
import dev.berth.cli.build.BuildProgress;
import dev.berth.cli.build.FolderService;
import dev.berth.cli.build.SentFolder;
import dev.berth.cli.http.Answer;
import dev.berth.cli.http.ApiException;
import dev.berth.cli.http.EngineClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A build that a daemon was asked for. One of this host that may read what we may reads folders in place; another one of ours asks
 * for what it does not have of them; any other is sent an archive. Closing it ends the build, if it goes on.
 */
final class BegunBuild implements AutoCloseable {
    private final Answer answer;
    private final Optional<FolderService> folders;

    private BegunBuild(Answer answer, Optional<FolderService> folders) {
        this.answer = answer;
        this.folders = folders;
    }

    /**
     * Asks for a build.
     *
     * @param query as for {@code POST /build}, without the contexts
     * @throws ApiException for what the daemon refuses
     * @throws CliException for a folder that cannot be sent
     */
    static BegunBuild begin(
            EngineClient client,
            BuildContext source,
            BuildContexts contexts,
            String query,
            Map<String, String> headers,
            BuildProgress progress)
            throws IOException {
        if (client.isLocal() && source.folder().isPresent()) {
            Optional<Answer> inPlace = source.folder().get().build(client, query + contexts.queryLent(), headers);
            if (inPlace.isPresent()) {
                return new BegunBuild(inPlace.get(), Optional.empty());
            }
        } else if (client.isLocal() && contexts.haveFolders() && isRoot()) {
            return new BegunBuild(
                    archive(client, source, query + contexts.queryLent(), headers, progress), Optional.empty());
        }
        List<SentFolder> folders = new ArrayList<>(contexts.sent());
        source.sent().ifPresent(folders::add);
        Optional<FolderService> service =
                folders.isEmpty() ? Optional.empty() : FolderService.begin(client, folders, source.sent(), progress);
        if (service.isPresent()) {
            return asked(client, source, query + contexts.querySent(), headers, progress, service.get());
        }
        if (contexts.haveFolders()) {
            throw new CliException("this daemon does not take folders as build contexts: name images or repositories");
        }
        return new BegunBuild(
                archive(client, source, query + contexts.querySent(), headers, progress), Optional.empty());
    }

    private static boolean isRoot() throws IOException {
        return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    }

    private static Answer archive(
            EngineClient client, BuildContext source, String query, Map<String, String> headers, BuildProgress progress)
            throws IOException {
        return client.upload("POST", "/build" + query, headers, out -> progress.send(source.body(), out));
    }

    private static BegunBuild asked(
            EngineClient client,
            BuildContext source,
            String query,
            Map<String, String> headers,
            BuildProgress progress,
            FolderService service)
            throws IOException {
        String whole = query + "&files=" + service.id();
        try {
            Answer answer = source.sent().isEmpty()
                    ? archive(client, source, whole, headers, progress)
                    : client.send(
                            "POST",
                            "/build" + whole + "&sent="
                                    + EngineClient.encode(source.sent().get().name()),
                            null,
                            headers);
            return new BegunBuild(answer, Optional.of(service));
        } catch (IOException | RuntimeException e) {
            service.close();
            throwReason(service);
            throw e;
        }
    }

    /** What went wrong here says more than what the daemon made of it. */
    private static void throwReason(FolderService service) {
        service.failure().ifPresent(failure -> {
            throw failure;
        });
    }

    /** Reads what the daemon tells. */
    @FunctionalInterface
    interface Reading<T> {
        T read(InputStream stream) throws IOException;
    }

    /** @throws CliException for a folder that could not be sent */
    <T> T read(Reading<T> reading) throws IOException {
        try {
            return reading.read(answer.body());
        } catch (CliException e) {
            folders.ifPresent(BegunBuild::throwReason);
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        try (answer) {
            if (folders.isPresent()) {
                folders.get().close();
            }
        }
    }
}
