package dev.berth.engine.log;

import dev.berth.engine.config.Limits;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Messages into files that can be read again: Docker's json-file and local drivers. */
final class FileDriver implements LogDriver {
    private static final int IDLE_BYTES = 256;

    private final LogFiles files;
    private final Function<LogSource, Map<String, String>> attributes;
    private final ByteBuilder batch = new ByteBuilder(IDLE_BYTES);

    /** @param attributes what each message says of its container */
    FileDriver(LogFiles files, Function<LogSource, Map<String, String>> attributes) {
        this.files = files;
        this.attributes = attributes;
    }

    @Override
    public void open(LogSource source) throws IOException {
        files.makeDirectory();
        files.format().attributes(attributes.apply(source));
    }

    @Override
    public boolean add(Message message) {
        files.format().encode(message, batch);
        return batch.length() >= Math.min(Limits.LOG_BATCH_BYTES, files.room());
    }

    @Override
    public void flush() throws IOException {
        try {
            files.append(batch.view());
        } finally {
            batch.clear();
        }
    }

    @Override
    public Written written() throws IOException {
        return files.written();
    }

    @Override
    public void takeBack(Written written) throws IOException {
        files.takeBack(written);
    }

    @Override
    public Optional<LogFiles> readable() {
        return Optional.of(files);
    }

    @Override
    public void close() throws IOException {
        batch.shrink(IDLE_BYTES);
        files.close();
    }
}
