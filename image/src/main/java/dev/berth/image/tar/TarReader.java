package dev.berth.image.tar;

import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Limits;
import dev.berth.image.tar.TarEntry.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Reads a tar's entries one after the other. Whatever is malformed, truncated or beyond the limits ends the reading
 * with an {@link ImageException}. For one thread.
 */
public final class TarReader implements EntrySource {
    private static final long MAX_ID = 0xffff_fffeL; // the kernel's -1 means "leave as it is"
    private static final long MAX_DEVICE_MAJOR = 0xfff; // dev_t in the kernel: 12 bits and 20
    private static final long MAX_DEVICE_MINOR = 0xf_ffff;

    private final ByteSource source;
    private final Limits limits;
    private ByteBuffer piece = ByteBuffer.allocate(0);
    /** Of the current entry: data not read yet, and the padding after it. */
    private long data;

    private long padding;
    private List<Segment> segments = List.of();
    private int entries;

    public TarReader(ByteSource source, Limits limits) {
        this.source = source;
        this.limits = limits;
    }

    /** Takes an entry's data, in pieces. */
    @FunctionalInterface
    public interface DataSink {
        /**
         * Takes bytes of the file.
         *
         * @param offset where in the file they belong
         * @param bytes of a piece of the source, valid during the call; all are to be taken
         */
        void accept(long offset, ByteBuffer bytes) throws IOException;
    }

    @Override
    public Optional<TarEntry> next() throws IOException {
        Optional<String> longName = Optional.empty();
        Optional<String> longLink = Optional.empty();
        PaxRecords pax = PaxRecords.none(limits);
        while (true) {
            skip(data + padding);
            data = 0;
            padding = 0;
            Optional<TarHeader> header = header();
            if (header.isEmpty()) {
                return Optional.empty();
            }
            if (++entries > limits.entries()) {
                throw ImageException.tooLarge("a tar archive has more than " + limits.entries() + " entries");
            }
            switch (header.get().type()) {
                case 'x' -> pax = PaxRecords.parse(extended(header.get()), limits);
                case 'g' -> extended(header.get()); // Docker ignores global records, and so do images rely on
                case 'L' -> longName = Optional.of(zeroTerminated(extended(header.get())));
                case 'K' -> longLink = Optional.of(zeroTerminated(extended(header.get())));
                default -> {
                    return Optional.of(entry(header.get(), pax, longName, longLink));
                }
            }
        }
    }

    @Override
    public void readData(DataSink sink) throws IOException {
        for (Segment segment : segments) {
            long offset = segment.offset();
            long end = offset + segment.length();
            while (offset < end) {
                ByteBuffer part = take(end - offset);
                data -= part.remaining();
                int length = part.remaining();
                sink.accept(offset, part);
                offset += length;
            }
        }
        segments = List.of();
    }

    /**
     * The current entry's data, which must not be larger.
     *
     * @throws ImageException TOO_LARGE
     */
    public byte[] readData(int limitBytes) throws IOException {
        if (data > limitBytes) {
            throw ImageException.tooLarge(
                    "a file in the archive has " + data + " bytes; at most " + limitBytes + " are read");
        }
        byte[] bytes = new byte[(int) data];
        readData((offset, part) -> part.get(bytes, (int) offset, part.remaining()));
        return bytes;
    }

    private Optional<TarHeader> header() throws IOException {
        Optional<TarHeader> header = block();
        if (header.isEmpty() || !header.get().isZero()) {
            if (header.isPresent()) {
                header.get().verify();
            }
            return header;
        }
        Optional<TarHeader> second = block();
        if (second.isPresent() && !second.get().isZero()) {
            throw ImageException.invalid("a damaged tar archive: it goes on after its end mark");
        }
        return Optional.empty();
    }

    private TarEntry entry(TarHeader header, PaxRecords pax, Optional<String> longName, Optional<String> longLink)
            throws IOException {
        String path = pax.text("path").or(() -> longName).orElseGet(header::name);
        TarEntry.Type type = type(header, path);
        long size = pax.number("size", header.size());
        if (size < 0) {
            throw ImageException.invalid("a tar archive has a file of negative size: " + printable(path));
        }
        long realSize = 0;
        List<Segment> runs = List.of();
        if (type == TarEntry.Type.FILE) {
            data = size;
            padding = -size & (TarHeader.BLOCK - 1);
            realSize = size;
            runs = List.of(new Segment(0, size));
            if (header.type() == 'S') {
                realSize = header.gnuRealSize();
                runs = gnuSparse(header).checked(realSize, data);
            } else if (pax.has("GNU.sparse.major") || pax.has("GNU.sparse.size")) {
                path = pax.text("GNU.sparse.name").orElse(path);
                realSize = pax.number("GNU.sparse.realsize", pax.number("GNU.sparse.size", 0));
                boolean mapInData = pax.number("GNU.sparse.major", 0) == 1;
                runs = (mapInData ? sparseMapFromData() : pax.sparse()).checked(realSize, data);
            }
            checkSize(path, realSize);
        }
        segments = runs;
        checkPath(path);
        String link = pax.text("linkpath").or(() -> longLink).orElseGet(header::link);
        boolean isLink = type == TarEntry.Type.HARD_LINK || type == TarEntry.Type.SYMLINK;
        if (isLink && (link.isEmpty() || link.length() > limits.pathBytes())) {
            throw ImageException.invalid(
                    "a tar archive has a link with no target or one that is too long: " + printable(path));
        }
        boolean isDevice = type == TarEntry.Type.BLOCK_DEVICE || type == TarEntry.Type.CHARACTER_DEVICE;
        return new TarEntry(
                path,
                type,
                isLink ? link : "",
                (int) (header.mode() & 07777),
                id(path, pax.number("uid", header.uid())),
                id(path, pax.number("gid", header.gid())),
                modified(header, pax),
                realSize,
                runs,
                isDevice ? within(path, header.deviceMajor(), MAX_DEVICE_MAJOR) : 0,
                isDevice ? within(path, header.deviceMinor(), MAX_DEVICE_MINOR) : 0,
                pax.xattrs());
    }

    private static TarEntry.Type type(TarHeader header, String path) throws ImageException {
        return switch (header.type()) {
            // Before ustar there was no type for directories.
            case 0, '0' -> path.endsWith("/") ? TarEntry.Type.DIRECTORY : TarEntry.Type.FILE;
            case '7', 'S' -> TarEntry.Type.FILE;
            case '1' -> TarEntry.Type.HARD_LINK;
            case '2' -> TarEntry.Type.SYMLINK;
            case '3' -> TarEntry.Type.CHARACTER_DEVICE;
            case '4' -> TarEntry.Type.BLOCK_DEVICE;
            case '5' -> TarEntry.Type.DIRECTORY;
            case '6' -> TarEntry.Type.FIFO;
            default ->
                throw ImageException.invalid("a tar archive has an entry of a type that images don't have ("
                        + (int) header.type() + "): " + printable(path));
        };
    }

    private static Instant modified(TarHeader header, PaxRecords pax) throws ImageException {
        Optional<Instant> exact = pax.time("mtime");
        if (exact.isPresent()) {
            return exact.get();
        }
        try {
            return Instant.ofEpochSecond(header.modified());
        } catch (DateTimeException e) {
            throw ImageException.invalid("a tar archive has a time out of range: " + header.modified());
        }
    }

    private SparseMap gnuSparse(TarHeader header) throws IOException {
        SparseMap map = new SparseMap(limits);
        header.addGnuSegments(map);
        boolean more = header.gnuSparseIsExtended();
        while (more) {
            byte[] block = exactly(TarHeader.BLOCK);
            map.addPairs(block, 0, 21);
            more = block[504] != 0;
        }
        return map;
    }

    /** PAX sparse format 1.0: the map is text before the data, filled up to a block. */
    private SparseMap sparseMapFromData() throws IOException {
        DecimalLines lines = new DecimalLines();
        SparseMap map = new SparseMap(limits);
        long count = lines.next();
        for (long i = 0; i < count; i++) {
            map.add(lines.next(), lines.next());
        }
        return map;
    }

    /** Numbers one a line, read block by block from the entry's data. */
    private final class DecimalLines {
        private byte[] block = new byte[0];
        private int at;

        long next() throws IOException {
            long value = 0;
            for (int digits = 0; digits < 20; digits++) {
                if (at == block.length) {
                    if (data < TarHeader.BLOCK) {
                        break;
                    }
                    block = exactly(TarHeader.BLOCK);
                    data -= TarHeader.BLOCK;
                    at = 0;
                }
                byte b = block[at++];
                if (b == '\n' && digits > 0 && value >= 0) {
                    return value;
                }
                if (b < '0' || b > '9') {
                    break;
                }
                value = value * 10 + (b - '0');
            }
            throw ImageException.invalid("a damaged tar archive: a sparse file's map is malformed");
        }
    }

    private byte[] extended(TarHeader header) throws IOException {
        long size = header.size();
        if (size < 0 || size > limits.extendedHeaderBytes()) {
            throw ImageException.tooLarge("a tar archive has an extended header of " + size + " bytes; at most "
                    + limits.extendedHeaderBytes() + " are read");
        }
        byte[] bytes = exactly((int) size);
        skip(-size & (TarHeader.BLOCK - 1));
        return bytes;
    }

    private void checkPath(String path) throws ImageException {
        if (path.isEmpty()) {
            throw ImageException.invalid("a tar archive has an entry without a name");
        }
        if (path.length() > limits.pathBytes()) {
            throw ImageException.tooLarge("a tar archive has a path of " + path.length() + " bytes; at most "
                    + limits.pathBytes() + " are possible: " + printable(path.substring(0, 100)) + "…");
        }
    }

    private void checkSize(String path, long size) throws ImageException {
        if (size < 0 || size > limits.layerBytes()) {
            throw ImageException.tooLarge("a tar archive has a file of " + size + " bytes; at most "
                    + limits.layerBytes() + " are taken: " + printable(path));
        }
    }

    private static long id(String path, long id) throws ImageException {
        return within(path, id, MAX_ID);
    }

    private static long within(String path, long value, long max) throws ImageException {
        if (value < 0 || value > max) {
            throw ImageException.invalid(
                    "a tar archive has an owner or device number out of range (" + value + "): " + printable(path));
        }
        return value;
    }

    /** A name from an archive, fit for a message. */
    public static String printable(String path) {
        String text = new String(path.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        StringBuilder safe = new StringBuilder();
        text.codePoints()
                .limit(300)
                .forEach(c -> safe.appendCodePoint(
                        Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c));
        return safe.toString();
    }

    private static String zeroTerminated(byte[] bytes) {
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
    }

    private Optional<TarHeader> block() throws IOException {
        if (!piece.hasRemaining()) {
            piece = source.next();
            if (!piece.hasRemaining()) {
                return Optional.empty();
            }
        }
        return Optional.of(new TarHeader(exactly(TarHeader.BLOCK)));
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = new byte[length];
        int have = 0;
        while (have < length) {
            ByteBuffer part = take(length - have);
            int n = part.remaining();
            part.get(bytes, have, n);
            have += n;
        }
        return bytes;
    }

    private void skip(long length) throws IOException {
        long left = length;
        while (left > 0) {
            left -= take(left).remaining();
        }
    }

    /** At least one and at most so many bytes, consumed. */
    private ByteBuffer take(long atMost) throws IOException {
        if (!piece.hasRemaining()) {
            piece = source.next();
            if (!piece.hasRemaining()) {
                throw ImageException.invalid("a tar archive ends in the middle of an entry");
            }
        }
        int length = (int) Math.min(atMost, piece.remaining());
        ByteBuffer part = piece.slice(piece.position(), length);
        piece.position(piece.position() + length);
        return part;
    }
}
