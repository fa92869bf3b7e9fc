package dev.berth.engine.system;

import dev.berth.engine.EngineOptions;
import dev.berth.engine.container.Containers;
import dev.berth.engine.log.LogOptions;
import dev.berth.level.Platform;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * The engine and its host, as {@code info} tells of them.
 *
 * @param id of the engine; stays with its data root
 * @param memoryTotalBytes of the host
 * @param backingFileSystem what layers and containers' changes are on: {@code ext4}
 * @param sizeLimits whether containers' changes can be limited in size
 * @param debug whether what is of interest to developers is logged
 * @param openFiles descriptors of this process
 * @param logDriver where containers' output is kept that ask for nothing else
 * @param networkWarnings what hinders containers on networks, and what to do about it
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
        boolean liveRestore,
        String logDriver,
        List<String> logDrivers,
        String kernelVersion,
        String operatingSystem,
        String operatingSystemVersion,
        String architecture,
        int processors,
        long memoryTotalBytes,
        HostLimits limits,
        String backingFileSystem,
        boolean sizeLimits,
        boolean debug,
        int openFiles,
        int threads,
        int eventListeners,
        List<String> networkWarnings,
        Instant time) {
    /** The project's version; the build's manifest tells it where there is one. */
    private static final String UNPACKED_VERSION = "0.1.0-SNAPSHOT";

    /** The facts as they are now. */
    public static SystemInfo gather(
            String id,
            EngineOptions options,
            Containers.Census census,
            int images,
            boolean sizeLimits,
            List<String> levels,
            int listeners,
            List<String> networkWarnings) {
        String manifest = SystemInfo.class.getPackage().getImplementationVersion();
        return new SystemInfo(
                id,
                HostFacts.hostname(),
                manifest == null ? UNPACKED_VERSION : manifest,
                census.running(),
                census.paused(),
                census.stopped(),
                images,
                options.dataRoot(),
                options.execRoot(),
                options.labels(),
                levels,
                options.liveRestore(),
                options.logs().type(),
                LogOptions.DRIVERS,
                HostFacts.kernelVersion(),
                HostFacts.osRelease("PRETTY_NAME").orElse("Linux"),
                HostFacts.osRelease("VERSION_ID").orElse(""),
                Platform.host().architecture(),
                Runtime.getRuntime().availableProcessors(),
                HostFacts.memoryBytes(),
                HostLimits.read(),
                HostFacts.fileSystem(options.dataRoot()),
                sizeLimits,
                options.log().isLoggable(System.Logger.Level.DEBUG),
                HostFacts.openFiles(),
                HostFacts.threads(),
                listeners,
                networkWarnings,
                Instant.now());
    }

    /** All that is not as containers may need it, in the form of Docker's {@code info}. */
    public List<String> warnings() {
        return Stream.concat(
                        limits.warnings().stream(), networkWarnings.stream().map(text -> "WARNING: " + text))
                .toList();
    }

    public int containers() {
        return containersRunning + containersPaused + containersStopped;
    }
}
