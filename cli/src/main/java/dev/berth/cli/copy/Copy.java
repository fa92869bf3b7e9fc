package dev.berth.cli.copy;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.http.Answer;
import dev.berth.cli.http.EngineClient;
import dev.berth.cli.text.Human;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Copies between a container and here, by the rules of {@code docker cp}. */
public final class Copy {
    private final Context context;
    private final boolean followLink;
    private final boolean archive;
    /** Bytes of the archive that was carried. */
    private long copied;

    /**
     * @param followLink whether a link that is the source is followed
     * @param archive whether what comes into a container belongs to its user
     */
    public Copy(Context context, boolean followLink, boolean archive) {
        this.context = context;
        this.followLink = followLink;
        this.archive = archive;
    }

    /** From a container to a local path, or as an archive to standard output for {@code -}. */
    public void out(RemotePath asked, String destination) throws IOException {
        RemotePath source = asked;
        if (followLink) {
            Optional<String> target =
                    asked.stat().map(RemotePath.Stat::linkTarget).filter(link -> !link.isEmpty());
            source = target.isPresent() ? asked.at(target.get()) : asked;
        }
        try (Answer answer = context.client().send("GET", source.url(""), null, Map.of())) {
            InputStream archived = counted(answer.body());
            if (destination.equals("-")) {
                archived.transferTo(context.out());
                context.out().flush();
                return;
            }
            RemotePath.Stat stat = RemotePath.stat(answer);
            Path target = localTarget(destination, stat.directory(), asked.path(), Names.last(asked.path()));
            LocalTree.unpack(archived, stat.name(), target);
        }
    }

    private static Path localTarget(String destination, boolean directory, String source, String name) {
        Path target = Path.of(destination).toAbsolutePath().normalize();
        if (Files.isDirectory(target)) {
            return directory && Names.saysContent(source) ? target : target.resolve(name.equals("/") ? "" : name);
        }
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            if (directory) {
                throw new CliException("cannot copy directory");
            }
            if (Names.saysDirectory(destination)) {
                throw new CliException("not a directory");
            }
            return target;
        }
        if (!directory && Names.saysDirectory(destination)) {
            throw new CliException("no such directory");
        }
        Path parent = target.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new CliException("invalid output path: directory \"" + parent + "\" does not exist");
        }
        return target;
    }

    /** From a local path, or an archive on standard input for {@code -}, to a container. */
    public void in(String source, RemotePath asked) throws IOException {
        RemotePath destination = asked;
        Optional<RemotePath.Stat> there = destination.stat();
        if (there.isPresent() && !there.get().linkTarget().isEmpty()) {
            destination = destination.at(there.get().linkTarget());
            there = destination.stat();
        }
        boolean intoDirectory = there.filter(RemotePath.Stat::directory).isPresent();
        if (source.equals("-")) {
            if (!intoDirectory) {
                throw new CliException(
                        "destination \"" + asked.container() + ":" + asked.path() + "\" must be a directory");
            }
            send(destination, out -> context.in().transferTo(out));
            return;
        }
        Path file = Path.of(source).toAbsolutePath();
        if (followLink && Files.isSymbolicLink(file)) {
            file = file.toRealPath();
        }
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new CliException("lstat " + file + ": no such file or directory");
        }
        boolean directory = Names.saysDirectory(source)
                ? Files.isDirectory(file)
                : Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
        checkDestination(destination.path(), directory, there.isPresent(), intoDirectory);
        String name = Names.last(file.normalize().toString());
        Path packed = directory ? file.toRealPath() : file;
        if (intoDirectory && directory && Names.saysContent(source)) {
            send(destination, out -> LocalTree.pack(packed, ".", out));
        } else if (intoDirectory) {
            send(destination, out -> LocalTree.pack(packed, name, out));
        } else {
            String newName = Names.last(destination.path());
            send(destination.at(Names.parent(destination.path())), out -> LocalTree.pack(packed, newName, out));
        }
    }

    private static void checkDestination(String path, boolean directory, boolean exists, boolean isDirectory) {
        if (exists && !isDirectory && directory) {
            throw new CliException("cannot copy directory");
        }
        if (exists && !isDirectory && Names.saysDirectory(path)) {
            throw new CliException("not a directory");
        }
        if (!exists && !directory && Names.saysDirectory(path)) {
            throw new CliException("no such directory");
        }
    }

    private void send(RemotePath directory, EngineClient.Body body) throws IOException {
        String further = "&noOverwriteDirNonDir=true" + (archive ? "&copyUIDGID=true" : "");
        context.client()
                .upload("PUT", directory.url(further), out -> body.writeTo(counted(out)))
                .close();
    }

    private InputStream counted(InputStream in) {
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                int b = super.read();
                copied += b < 0 ? 0 : 1;
                return b;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                int n = super.read(bytes, offset, length);
                copied += Math.max(0, n);
                return n;
            }
        };
    }

    private OutputStream counted(OutputStream out) {
        return new FilterOutputStream(out) {
            @Override
            public void write(int b) throws IOException {
                out.write(b);
                copied++;
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                out.write(bytes, offset, length);
                copied += length;
            }

            @Override
            public void close() throws IOException {
                out.flush(); // the request's end is its owner's
            }
        };
    }

    /** What is told when it is done. */
    public String words(String destination) {
        return "Successfully copied " + Human.size(copied) + " to " + destination;
    }
}
