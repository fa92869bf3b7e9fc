package dev.berth.engine.log;

import dev.berth.engine.config.Limits;
import java.io.IOException;
import java.util.Optional;

/** Docker's json-file driver: a line of JSON a message. */
final class JsonFileDriver implements LogDriver {
    private final LogFiles files;
    private final JsonEncoder encoder = new JsonEncoder();
    private final ByteBuilder batch = new ByteBuilder(1 << 10);

    JsonFileDriver(LogFiles files) {
        this.files = files;
    }

    @Override
    public boolean add(Message message) {
        encoder.encode(message, batch);
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
        batch.shrink(1 << 10);
        files.close();
    }
}
