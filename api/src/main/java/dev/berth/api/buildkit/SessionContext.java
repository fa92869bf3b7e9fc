package dev.berth.api.buildkit;

import dev.berth.api.grpc.GrpcCall;
import dev.berth.build.ContextSource;
import dev.berth.build.context.IgnoreFile;
import dev.berth.build.files.ContextTree;
import dev.berth.build.files.SentContexts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A context that a session's client is asked for: its Dockerfile, then its ignore file, then what is left of it. */
public final class SessionContext implements ContextSource.Opened {
    private static final String CONTEXT = "context";
    private static final String DOCKERFILE = "dockerfile";

    private final Session session;
    private final String directory;
    private final String place;
    private final String dockerfile;
    private final BuildTrace trace;
    private final Path scratch;
    private final SentContexts sent;
    private final Optional<String> key;
    private final List<ContextTree> trees = new ArrayList<>();
    private Optional<ContextTree> beside = Optional.empty();

    /**
     * @param dockerfile its name
     * @param scratch a directory of the build's own
     * @param sent what is here of contexts, and is not asked for again
     */
    public SessionContext(Session session, String dockerfile, BuildTrace trace, Path scratch, SentContexts sent) {
        this(session, CONTEXT, "", "[internal]", dockerfile, trace, scratch, sent);
    }

    private SessionContext(
            Session session,
            String directory,
            String hint,
            String place,
            String dockerfile,
            BuildTrace trace,
            Path scratch,
            SentContexts sent) {
        this.session = session;
        this.directory = directory;
        this.place = place;
        this.dockerfile = dockerfile;
        this.trace = trace;
        this.scratch = scratch;
        this.sent = sent;
        this.key = session.key(directory, hint);
    }

    /**
     * Another directory of the client's, which has no Dockerfile.
     *
     * @param name that the Dockerfile has for it
     * @param directory that the client has for it
     * @param hint what the client says of it that tells it from others of that name
     */
    static SessionContext named(
            Session session,
            String name,
            String directory,
            String hint,
            BuildTrace trace,
            Path scratch,
            SentContexts sent) {
        return new SessionContext(session, directory, hint, "[context " + name + "]", "", trace, scratch, sent);
    }

    @Override
    public Optional<byte[]> besideDockerfile(String name, int mostBytes) throws IOException, InterruptedException {
        if (beside.isEmpty()) {
            beside = Optional.of(receive(
                    "[internal] load build definition from " + dockerfile,
                    DOCKERFILE,
                    List.of(dockerfile, dockerfile + ".dockerignore"),
                    List.of(),
                    Optional.empty()));
        }
        return beside.get().content(name, mostBytes);
    }

    @Override
    public Optional<byte[]> file(String name, int mostBytes) throws IOException, InterruptedException {
        return receive(place + " load " + name, directory, List.of(name), List.of(), Optional.empty())
                .content(name, mostBytes);
    }

    /** The client leaves out what is ignored; what its patterns mean to it that they do not mean here is of no account. */
    @Override
    public ContextTree files(IgnoreFile ignored) throws IOException, InterruptedException {
        List<String> patterns = ignored.patterns();
        boolean inHeaders = patterns.stream()
                .allMatch(pattern -> StandardCharsets.US_ASCII.newEncoder().canEncode(pattern));
        String what = place + (directory.equals(CONTEXT) ? " load build context" : " load from client");
        ContextTree tree = receive(what, directory, List.of(), inHeaders ? patterns : List.of(), key);
        tree.remove(ignored);
        return tree;
    }

    private ContextTree receive(
            String what, String from, List<String> include, List<String> exclude, Optional<String> known)
            throws IOException, InterruptedException {
        Path spool = scratch.resolve("received-" + trees.size());
        try (BuildTrace.Work work = trace.begin(what);
                SentContexts.Arrival arrival =
                        known.isPresent() ? sent.begin(known.get(), spool) : SentContexts.unkept(spool);
                GrpcCall call = session.files(from, include, exclude)) {
            ContextTree tree = FileTransfer.receive(
                    Messages.of(call), arrival, bytes -> work.moved("transferring " + from, bytes));
            trees.add(tree);
            work.done();
            return tree;
        }
    }

    @Override
    public void close() throws IOException {
        for (ContextTree tree : trees) {
            tree.close();
        }
    }
}
