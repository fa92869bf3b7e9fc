package dev.berth.build.run;

import dev.berth.build.ContextSource;
import dev.berth.build.context.IgnoreFile;
import dev.berth.build.files.Context;
import java.io.IOException;
import java.util.Optional;

/** A context that is there as a whole. */
record WholeContext(Context tree) implements ContextSource.Opened {
    @Override
    public Optional<byte[]> besideDockerfile(String name, int mostBytes) throws IOException {
        return tree.content(name, mostBytes);
    }

    @Override
    public Optional<byte[]> file(String name, int mostBytes) throws IOException {
        return tree.content(name, mostBytes);
    }

    @Override
    public Context files(IgnoreFile ignored) {
        tree.remove(ignored);
        return tree;
    }

    @Override
    public void close() throws IOException {
        tree.close();
    }
}
