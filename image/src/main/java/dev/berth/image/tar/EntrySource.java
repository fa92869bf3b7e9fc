package dev.berth.image.tar;

import java.io.IOException;
import java.util.Optional;

/** Gives files one after the other, as an archive does. For one thread. */
public interface EntrySource {
    /** The next file; data of the last that was not read is skipped. Empty where there are no more. */
    Optional<TarEntry> next() throws IOException;

    /** Reads the current file's data. */
    void readData(TarReader.DataSink sink) throws IOException;
}
