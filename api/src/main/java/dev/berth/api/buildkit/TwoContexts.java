package dev.berth.api.buildkit;

import dev.berth.build.ContextSource;
import dev.berth.build.context.IgnoreFile;
import dev.berth.build.files.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A Dockerfile that the client has, for files from elsewhere.
 *
 * @param dockerfile where what is beside the Dockerfile comes from
 * @param files where the rest comes from
 */
record TwoContexts(ContextSource dockerfile, ContextSource files) implements ContextSource {
    @Override
    public Opened open(Path scratch) throws IOException, InterruptedException {
        Opened beside = dockerfile.open(Files.createDirectory(scratch.resolve("dockerfile")));
        try {
            return new Both(beside, files.open(scratch));
        } catch (IOException | InterruptedException | RuntimeException e) {
            beside.close();
            throw e;
        }
    }

    private record Both(Opened beside, Opened rest) implements Opened {
        @Override
        public Optional<byte[]> besideDockerfile(String name, int mostBytes) throws IOException, InterruptedException {
            return beside.besideDockerfile(name, mostBytes);
        }

        @Override
        public Optional<byte[]> file(String name, int mostBytes) throws IOException, InterruptedException {
            return rest.file(name, mostBytes);
        }

        @Override
        public Context files(IgnoreFile ignored) throws IOException, InterruptedException {
            return rest.files(ignored);
        }

        @Override
        public void close() throws IOException {
            try {
                beside.close();
            } finally {
                rest.close();
            }
        }
    }
}
