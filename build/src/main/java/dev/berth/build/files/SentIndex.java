package dev.berth.build.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What there is in a file of contexts' data.
 *
 * @param generation which of a context's data files it is
 * @param end bytes that the file has
 * @param places by what was told of files, where their data is
 */
record SentIndex(long generation, long end, Map<Fingerprint, Place> places) {
    static final int MOST_FILES = 100_000;

    private static final byte[] HEAD = "berth context 1\n".getBytes(StandardCharsets.US_ASCII);
    private static final int HEAD_BYTES = HEAD.length + 2 * Long.BYTES;
    private static final int ENTRY_BYTES = 2 * Fingerprint.BYTES + 2 * Long.BYTES;

    /** A file's data, and what it is known by. */
    record Place(long offset, long size, Fingerprint digest) {}

    /** Empty where there is none, or one that is damaged. */
    static Optional<SentIndex> read(Path file) throws IOException {
        byte[] content;
        try {
            content = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(content);
        int entries = (content.length - HEAD_BYTES - Long.BYTES) / ENTRY_BYTES;
        if (content.length != HEAD_BYTES + entries * ENTRY_BYTES + Long.BYTES
                || sum(in.slice(0, content.length - Long.BYTES)) != in.getLong(content.length - Long.BYTES)
                || !in.slice(0, HEAD.length).equals(ByteBuffer.wrap(HEAD))) {
            return Optional.empty();
        }
        in.position(HEAD.length);
        long generation = in.getLong();
        long end = in.getLong();
        Map<Fingerprint, Place> places = LinkedHashMap.newLinkedHashMap(entries);
        for (int i = 0; i < entries; i++) {
            Fingerprint told = Fingerprint.read(in);
            places.put(told, new Place(in.getLong(), in.getLong(), Fingerprint.read(in)));
        }
        return Optional.of(new SentIndex(generation, end, places));
    }

    /** The first of its files, where they are too many. */
    byte[] write() {
        int entries = Math.min(MOST_FILES, places.size());
        ByteBuffer out = ByteBuffer.allocate(HEAD_BYTES + entries * ENTRY_BYTES + Long.BYTES);
        out.put(HEAD).putLong(generation).putLong(end);
        places.entrySet().stream().limit(entries).forEach(entry -> {
            entry.getKey().write(out);
            out.putLong(entry.getValue().offset()).putLong(entry.getValue().size());
            entry.getValue().digest().write(out);
        });
        out.putLong(sum(out.slice(0, out.position())));
        return out.array();
    }

    private static long sum(ByteBuffer bytes) {
        CRC32C sum = new CRC32C();
        sum.update(bytes);
        return sum.getValue();
    }
}
