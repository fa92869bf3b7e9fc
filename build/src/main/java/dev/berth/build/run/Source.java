package dev.berth.build.run;

import dev.berth.build.files.Context;
import dev.berth.build.files.ImageTree;
import dev.berth.build.files.SourceTree;
import dev.berth.image.files.FileTree;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Files to copy from. For one thread. */
sealed interface Source extends AutoCloseable {
    SourceTree tree() throws IOException;

    /** What all of it was made of; empty where only its files tell. */
    String identity();

    /** Whether its files stay with those that they belong to. */
    boolean isOwned();

    @Override
    void close() throws IOException;

    /** A context, which is the build's. */
    record OfContext(Context tree) implements Source {
        @Override
        public String identity() {
            return "";
        }

        @Override
        public boolean isOwned() {
            return false;
        }

        @Override
        public void close() {} // the build does that
    }

    /** What a stage has come to, or an image has: opened when it is first looked into, for the cache may know enough. */
    final class OfStage implements Source {
        private final StepImages images;
        private final StepState state;
        private final boolean known;
        private Optional<StepContainer> container = Optional.empty();
        private Optional<FileTree> files = Optional.empty();

        /** @param known whether the state's key tells what its files are */
        OfStage(StepImages images, StepState state, boolean known) {
            this.images = images;
            this.state = state;
            this.known = known;
        }

        @Override
        public SourceTree tree() throws IOException {
            if (files.isEmpty()) {
                StepContainer made =
                        images.container(state, Map.of("Cmd", List.of("/")), Map.of("NetworkMode", "none"));
                container = Optional.of(made);
                files = Optional.of(made.files());
            }
            return new ImageTree(files.get());
        }

        @Override
        public String identity() {
            return known ? state.key().toString() : "";
        }

        @Override
        public boolean isOwned() {
            return true;
        }

        @Override
        public void close() {
            files.ifPresent(FileTree::close);
            container.ifPresent(StepContainer::close);
        }
    }
}
