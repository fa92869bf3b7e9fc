package dev.berth.linux.elf;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an ELF64 program or library of a little-endian machine says to the dynamic loader (elf(5), ld.so(8)).
 *
 * @param machine {@code e_machine}: only objects of the same go together
 * @param interpreter the loader's path; of programs
 * @param needed libraries it is linked against, in its order: names, or paths where they have a slash
 * @param searchPath folders to look into before the usual ones ({@code DT_RUNPATH}, or else {@code DT_RPATH}), with
 *     {@code $ORIGIN} as it stands there
 */
public record DynamicObject(int machine, Optional<String> interpreter, List<String> needed, List<String> searchPath) {
    private static final int FILE_HEADER_SIZE = 64;
    private static final int PROGRAM_HEADER_SIZE = 56;
    private static final int DYNAMIC_ENTRY_SIZE = 16;
    /** More than any file has; a damaged one is not to take the memory. */
    private static final int MOST_PROGRAM_HEADERS = 1024;

    private static final int MOST_DYNAMIC_BYTES = 1 << 20;
    private static final int MOST_TEXT_BYTES = 4096;

    private static final int LOAD = 1;
    private static final int DYNAMIC = 2;
    private static final int INTERPRETER = 3;

    private static final long END = 0;
    private static final long NEEDED = 1;
    private static final long STRING_TABLE = 5;
    private static final long RPATH = 15;
    private static final long RUNPATH = 29;

    public DynamicObject {
        needed = List.copyOf(needed);
        searchPath = List.copyOf(searchPath);
    }

    /** {@code Elf64_Phdr}, as far as it is of interest. */
    private record Segment(int type, long offset, long address, long fileSize) {}

    /** {@code Elf64_Dyn}. */
    private record Entry(long tag, long value) {}

    /**
     * Reads a file.
     *
     * @return empty if it is no ELF64 file of a little-endian machine
     * @throws IOException if it cannot be read, or is damaged
     */
    public static Optional<DynamicObject> read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return new Reader(channel).read();
        } catch (EOFException e) {
            throw new IOException(file + " is a damaged ELF file: it ends too early", e);
        }
    }

    private static final class Reader {
        private final FileChannel channel;

        Reader(FileChannel channel) {
            this.channel = channel;
        }

        Optional<DynamicObject> read() throws IOException {
            if (channel.size() < FILE_HEADER_SIZE) {
                return Optional.empty();
            }
            ByteBuffer header = at(0, FILE_HEADER_SIZE);
            boolean elf64 = header.getInt(0) == 0x464C_457F && header.get(4) == 2 && header.get(5) == 1;
            if (!elf64) {
                return Optional.empty();
            }
            List<Segment> segments = segments(header);
            Optional<String> interpreter = Optional.empty();
            List<Entry> entries = List.of();
            for (Segment segment : segments) {
                switch (segment.type) {
                    case INTERPRETER -> interpreter = Optional.of(text(segment.offset));
                    case DYNAMIC -> entries = entries(segment);
                    default -> {
                        // says nothing to the loader that is asked for here
                    }
                }
            }
            long strings = stringTable(entries, segments);
            List<String> runPath = texts(entries, RUNPATH, strings);
            List<String> paths = runPath.isEmpty() ? texts(entries, RPATH, strings) : runPath;
            return Optional.of(new DynamicObject(
                    header.getShort(18) & 0xffff,
                    interpreter,
                    texts(entries, NEEDED, strings),
                    paths.stream()
                            .flatMap(path -> List.of(path.split(":")).stream())
                            .toList()));
        }

        private List<Segment> segments(ByteBuffer header) throws IOException {
            long offset = header.getLong(32);
            int size = header.getShort(54) & 0xffff;
            int count = header.getShort(56) & 0xffff;
            if (count == 0) {
                return List.of();
            }
            if (size < PROGRAM_HEADER_SIZE || count > MOST_PROGRAM_HEADERS) {
                throw new EOFException();
            }
            ByteBuffer table = at(offset, size * count);
            List<Segment> segments = new ArrayList<>();
            for (int at = 0; at < size * count; at += size) {
                segments.add(new Segment(
                        table.getInt(at), table.getLong(at + 8), table.getLong(at + 16), table.getLong(at + 32)));
            }
            return segments;
        }

        private List<Entry> entries(Segment dynamic) throws IOException {
            if (dynamic.fileSize < 0 || dynamic.fileSize > MOST_DYNAMIC_BYTES) {
                throw new EOFException();
            }
            ByteBuffer table = at(dynamic.offset, (int) dynamic.fileSize);
            List<Entry> entries = new ArrayList<>();
            while (table.remaining() >= DYNAMIC_ENTRY_SIZE) {
                Entry entry = new Entry(table.getLong(), table.getLong());
                if (entry.tag == END) {
                    break;
                }
                entries.add(entry);
            }
            return entries;
        }

        /** Where the strings are in the file; the dynamic section has the address that they are loaded at. */
        private static long stringTable(List<Entry> entries, List<Segment> segments) {
            for (Entry entry : entries) {
                for (Segment segment : segments) {
                    boolean within = segment.type == LOAD
                            && entry.value >= segment.address
                            && entry.value - segment.address < segment.fileSize;
                    if (entry.tag == STRING_TABLE && within) {
                        return entry.value - segment.address + segment.offset;
                    }
                }
            }
            return 0;
        }

        private List<String> texts(List<Entry> entries, long tag, long strings) throws IOException {
            List<String> texts = new ArrayList<>();
            for (Entry entry : entries) {
                if (entry.tag == tag) {
                    texts.add(text(strings + entry.value));
                }
            }
            return texts;
        }

        /** A text that a zero ends. */
        private String text(long offset) throws IOException {
            if (offset < 0 || offset >= channel.size()) {
                throw new EOFException();
            }
            ByteBuffer bytes = at(offset, (int) Math.min(MOST_TEXT_BYTES, channel.size() - offset));
            int length = 0;
            while (length < bytes.limit() && bytes.get(length) != 0) {
                length++;
            }
            if (length == bytes.limit()) {
                throw new EOFException();
            }
            return new String(bytes.array(), 0, length, StandardCharsets.UTF_8);
        }

        private ByteBuffer at(long offset, int length) throws IOException {
            if (offset < 0 || offset > channel.size() - length) {
                throw new EOFException();
            }
            ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, offset + bytes.position()) < 0) {
                    throw new EOFException();
                }
            }
            return bytes.flip();
        }
    }
}
