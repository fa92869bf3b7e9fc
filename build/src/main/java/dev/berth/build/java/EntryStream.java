package dev.berth.build.java;

import dev.berth.image.oci.ImageException;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;

/** An entry of a zip as it is read, held against its checksum at its end: the JDK does not look at that. */
final class EntryStream extends FilterInputStream {
    private final ZipEntry entry;
    private final CRC32 checksum = new CRC32();

    EntryStream(InputStream in, ZipEntry entry) {
        super(in);
        this.entry = entry;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** @throws ImageException INVALID if the entry is damaged */
    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int n;
        try {
            n = in.read(bytes, offset, length);
        } catch (ZipException | EOFException e) {
            throw new ImageException(
                    ImageException.Kind.INVALID, "the jar's " + entry.getName() + " is damaged: " + e.getMessage(), e);
        }
        if (n > 0) {
            checksum.update(bytes, offset, n);
        } else if (n < 0 && entry.getCrc() >= 0 && entry.getCrc() != checksum.getValue()) {
            throw ImageException.invalid("the jar's " + entry.getName() + " is damaged: its checksum is another");
        }
        return n;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
