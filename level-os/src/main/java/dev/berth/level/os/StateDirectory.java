package dev.berth.level.os;

import dev.berth.level.os.process.OsProcess;
import dev.berth.linux.file.Open;
import dev.berth.linux.file.OpenFile;
import dev.berth.linux.monitor.Monitor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a sandbox leaves for an engine that comes later, as files: its monitor's record, what it printed, and the path of
 * its control group where that is not in the level's own place.
 *
 * @param directory the sandbox's own
 */
record StateDirectory(Path directory) {
    private static final String RECORD = "monitor";
    private static final String CGROUP = "cgroup";

    /** Opens the record of a new monitor, empty. The caller closes its descriptor. */
    OpenFile newRecord() {
        return OpenFile.open(record().toString(), Open.WRITE | Open.CREATE | Open.TRUNCATE);
    }

    /** The monitor, if one runs. The caller closes it. */
    Optional<Monitor> monitor() {
        return Monitor.of(record());
    }

    /** How the first process ended, if its monitor has told. */
    Optional<Monitor.Report> report() {
        return Monitor.report(record());
    }

    void noteCgroup(String path) {
        try {
            Files.writeString(directory.resolve(CGROUP), path);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot note the control group " + path + ": " + e.getMessage(), e);
        }
    }

    /** The control group's path, where it was noted. */
    Optional<String> cgroup() {
        try {
            Path file = directory.resolve(CGROUP);
            return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the control group of " + directory + ": " + e.getMessage(), e);
        }
    }

    /** Removes all of it. */
    void clear() {
        try {
            OsProcess.forget(directory);
            Files.deleteIfExists(record());
            Files.deleteIfExists(directory.resolve(CGROUP));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot clear " + directory + ": " + e.getMessage(), e);
        }
    }

    /** The record of the monitor. */
    Path record() {
        return directory.resolve(RECORD);
    }
}
