package dev.berth.engine.log;

import dev.berth.engine.log.LogOptions.Target;
import io.avaje.jsonb.Jsonb;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Makes the driver that a container's options ask for, with files where Docker has them.
 *
 * @param directory the container's
 */
record LogDrivers(Path directory, Jsonb jsonb, System.Logger problems) {
    LogDriver make(LogOptions options, String id) {
        return switch (options.target()) {
            case Target.None() -> new NoneDriver();
            case Target.JsonFile(Rotation rotation) ->
                files(jsonFile(id), rotation, new JsonFileFormat(jsonb), options);
            case Target.Local(Rotation rotation) ->
                files(directory.resolve("local-logs").resolve("container.log"), rotation, new LocalFormat(), options);
            case Target.Journal(Optional<Rotation> cache) ->
                cached(new JournaldDriver(JournaldDriver.SOCKET, options.attributes()), cache, options);
            case Target.Syslog(SyslogOptions server, Optional<Rotation> cache) ->
                cached(new SyslogDriver(server, options.attributes()), cache, options);
        };
    }

    /** The file that Docker shows: local's is nobody's business, lest somebody depend on it. */
    Optional<Path> shownPath(Target target, String id) {
        return target instanceof Target.JsonFile ? Optional.of(jsonFile(id)) : Optional.empty();
    }

    private Path jsonFile(String id) {
        return directory.resolve(id + "-json.log");
    }

    private LogDriver cached(LogDriver remote, Optional<Rotation> cache, LogOptions options) {
        return cache.isEmpty()
                ? remote
                : new CachedDriver(
                        remote,
                        files(directory.resolve("container-cached.log"), cache.get(), new LocalFormat(), options));
    }

    private LogDriver files(Path file, Rotation rotation, RecordFormat format, LogOptions options) {
        return new FileDriver(new LogFiles(file, rotation, format, problems), options.attributes()::withTag);
    }
}
