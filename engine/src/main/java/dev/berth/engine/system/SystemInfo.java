package dev.berth.engine.system;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * The engine and its host, as {@code info} tells of them.
 *
 * @param id of the engine; stays with its data root
 * @param memoryTotalBytes of the host
 * @param openFiles descriptors of this process
 * @param levels the names of the levels of virtualization, the default first
 */
public record SystemInfo(
        String id,
        String name,
        String version,
        int containersRunning,
        int containersPaused,
        int containersStopped,
        int images,
        Path dataRoot,
        Path execRoot,
        List<String> labels,
        List<String> levels,
        String kernelVersion,
        String operatingSystem,
        String operatingSystemVersion,
        String architecture,
        int processors,
        long memoryTotalBytes,
        int cgroupVersion,
        int openFiles,
        int threads,
        int eventListeners,
        Instant time) {
    public int containers() {
        return containersRunning + containersPaused + containersStopped;
    }
}
