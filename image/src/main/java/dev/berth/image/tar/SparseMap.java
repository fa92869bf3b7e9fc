package dev.berth.image.tar;

import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Limits;
import dev.berth.image.tar.TarEntry.Segment;
import java.util.ArrayList;
import java.util.List;

/** Where a sparse file has data, gathered from any of GNU tar's four notations and checked. */
final class SparseMap {
    private final Limits limits;
    private final List<Segment> segments = new ArrayList<>();

    SparseMap(Limits limits) {
        this.limits = limits;
    }

    /** Offset and length in pairs of twelve-byte numbers, as binary headers have them. */
    void addPairs(byte[] block, int from, int count) throws ImageException {
        for (int i = 0; i < count; i++) {
            int at = from + i * 24;
            if (block[at] == 0) {
                return;
            }
            add(TarHeader.number(block, at, 12), TarHeader.number(block, at + 12, 12));
        }
    }

    void add(long offset, long length) throws ImageException {
        if (segments.size() >= limits.sparseSegments()) {
            throw ImageException.tooLarge(
                    "a sparse file in a tar archive has more than " + limits.sparseSegments() + " runs of data");
        }
        segments.add(new Segment(offset, length));
    }

    /**
     * The runs, which must follow one another within the file and make up the data stored.
     *
     * @param realSize of the file with its holes
     * @param stored bytes of data in the archive
     */
    List<Segment> checked(long realSize, long stored) throws ImageException {
        long end = 0;
        long sum = 0;
        for (Segment segment : segments) {
            if (segment.offset() < end || segment.length() < 0 || segment.length() > realSize - segment.offset()) {
                throw ImageException.invalid("a sparse file in a tar archive has data outside of itself");
            }
            end = segment.offset() + segment.length();
            sum += segment.length();
        }
        if (sum != stored) {
            throw ImageException.invalid(
                    "a sparse file in a tar archive lists " + sum + " bytes of data but has " + stored);
        }
        return segments;
    }
}
