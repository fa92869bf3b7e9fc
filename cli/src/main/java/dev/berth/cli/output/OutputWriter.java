package dev.berth.cli.output;

import dev.berth.cli.Context;
import dev.berth.cli.build.Built;
import dev.berth.cli.http.Answer;
import dev.berth.cli.http.EngineClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Brings what was built from the daemon to where it is wanted. What fails or is interrupted leaves nothing. */
public final class OutputWriter {
    private final Context context;
    private final Built built;
    private final List<String> tags;
    private final String annotations;

    /**
     * @param tags which archives of the image have
     * @param annotations what is added to the query for an archive
     */
    public OutputWriter(Context context, Built built, List<String> tags, String annotations) {
        this.context = context;
        this.built = built;
        this.tags = tags;
        this.annotations = annotations;
    }

    /** Writes one; nothing is to be done for what is in the daemon's store. */
    public void write(Output output) throws IOException {
        switch (output) {
            case Output.Store _ -> {}
            case Output.Layout layout -> {
                StringBuilder query = new StringBuilder("/berth/build/archive"
                        + images(Stream.concat(built.images().stream(), built.attestations().stream())));
                Stream.concat(tags.stream(), layout.names().stream())
                        .distinct()
                        .forEach(name -> query.append("&name=").append(EngineClient.encode(name)));
                receive(query + annotations, layout.destination(), layout.folder());
            }
            case Output.Files files -> {
                boolean apart = files.apart().orElse(built.images().size() > 1);
                receive(
                        "/berth/build/files" + images(built.images().stream()) + (apart ? "&apart=1" : ""),
                        files.destination(),
                        files.folder());
            }
        }
    }

    private static String images(Stream<String> ids) {
        StringBuilder query = new StringBuilder();
        ids.forEach(
                id -> query.append(query.isEmpty() ? '?' : '&').append("image=").append(EngineClient.encode(id)));
        return query.toString();
    }

    private void receive(String path, Optional<Path> destination, boolean folder) throws IOException {
        try (Answer answer = context.client().send("GET", path, null, Map.of())) {
            if (destination.isEmpty()) {
                answer.body().transferTo(context.out());
                context.out().flush();
            } else if (folder) {
                TreeReceiver.unpack(answer.body(), destination.get().toAbsolutePath(), context.err());
            } else {
                save(answer.body(), destination.get().toAbsolutePath());
            }
        }
    }

    private static void save(InputStream archive, Path target) throws IOException {
        try (Unfinished unfinished = Unfinished.file(target)) {
            try (OutputStream out = Files.newOutputStream(unfinished.path())) {
                archive.transferTo(out);
            }
            unfinished.becomes(target);
        }
    }
}
