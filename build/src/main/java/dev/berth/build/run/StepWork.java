package dev.berth.build.run;

import dev.berth.image.files.FileTree;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * A step in its container.
 *
 * @param config how that is made, as {@code POST /containers/create} has it
 * @param host its HostConfig
 * @param doing what is done in it
 */
record StepWork(Map<String, Object> config, Map<String, Object> host, Doing doing) {
    /** Something that is done in a container. */
    interface Doing {
        void in(StepContainer container) throws IOException, InterruptedException;
    }

    /** Something that is done to a container's files. */
    interface InFiles {
        void with(FileTree files) throws IOException;
    }

    /** What needs no process. */
    static StepWork inFiles(InFiles work) {
        return new StepWork(Map.of("Cmd", List.of("/")), Map.of("NetworkMode", "none"), container -> {
            try (FileTree files = container.files()) {
                work.with(files);
            }
        });
    }
}
