package dev.berth.cli.build;

import dev.berth.linux.file.FileName;
import dev.berth.linux.file.FileStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * A build's context as an archive. All belongs to root, times are whole seconds, and names are the bytes that they are on the
 * disk, which the library is given as Latin-1; what it would take for text, the records of long names and attributes, is
 * written here. The same files give the same bytes. Closing it ends the archive and leaves the stream open.
 */
final class ContextTar implements ContextSink, AutoCloseable {
    private static final int NAME_BYTES = 100;
    private static final String CAPABILITY = "SCHILY.xattr.security.capability";

    private final TarArchiveOutputStream tar;

    ContextTar(OutputStream out) {
        this.tar = new TarArchiveOutputStream(out, StandardCharsets.ISO_8859_1.name());
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_TRUNCATE);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
    }

    @Override
    public void directory(String path, FileStatus status) throws IOException {
        end(begin(path + "/", TarConstants.LF_DIR, "", status, Optional.empty()));
    }

    @Override
    public void hardLink(String path, String existing, FileStatus status) throws IOException {
        end(begin(path, TarConstants.LF_LINK, existing, status, Optional.empty()));
    }

    @Override
    public void symlink(String path, String target, FileStatus status) throws IOException {
        end(begin(path, TarConstants.LF_SYMLINK, target, status, Optional.empty()));
    }

    @Override
    public void node(String path, FileStatus status) throws IOException {
        byte type = status.type() == FileStatus.FIFO
                ? TarConstants.LF_FIFO
                : status.type() == FileStatus.BLOCK_DEVICE ? TarConstants.LF_BLK : TarConstants.LF_CHR;
        TarArchiveEntry entry = begin(path, type, "", status, Optional.empty());
        entry.setDevMajor(status.rdevMajor());
        entry.setDevMinor(status.rdevMinor());
        end(entry);
    }

    @Override
    public void file(String path, FileStatus status, Optional<byte[]> capability, Data data) throws IOException {
        TarArchiveEntry entry = begin(path, TarConstants.LF_NORMAL, "", status, capability);
        entry.setSize(status.size());
        tar.putArchiveEntry(entry);
        data.writeTo(tar);
        tar.closeArchiveEntry();
    }

    @Override
    public void document(String path, byte[] content) throws IOException {
        file(path, ContextSink.statusOf(content), Optional.empty(), out -> out.write(content));
    }

    private TarArchiveEntry begin(String path, byte type, String link, FileStatus status, Optional<byte[]> capability)
            throws IOException {
        String name = raw(path);
        String target = raw(link);
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        if (name.length() > NAME_BYTES) {
            record(records, "path", bytes(name));
        }
        if (target.length() > NAME_BYTES) {
            record(records, "linkpath", bytes(target));
        }
        if (capability.isPresent()) {
            record(records, CAPABILITY, capability.get());
        }
        if (records.size() > 0) {
            TarArchiveEntry extension = entry("PaxHeaders", TarConstants.LF_PAX_EXTENDED_HEADER_LC, 0644, 0);
            extension.setSize(records.size());
            tar.putArchiveEntry(extension);
            tar.write(records.toByteArray());
            tar.closeArchiveEntry();
        }
        TarArchiveEntry entry = entry(name, type, status.permissions(), status.modifiedSeconds());
        entry.setLinkName(target);
        return entry;
    }

    /** Of nobody: the library would name the user who runs this. */
    private static TarArchiveEntry entry(String name, byte type, int mode, long seconds) {
        TarArchiveEntry entry = new TarArchiveEntry(name, type);
        entry.setUserName("");
        entry.setMode(mode);
        entry.setModTime(Math.max(0, seconds) * 1000);
        return entry;
    }

    private void end(TarArchiveEntry entry) throws IOException {
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }

    /** A record of pax(1); its length counts its own digits. */
    private static void record(ByteArrayOutputStream records, String key, byte[] value) {
        int rest = key.length() + value.length + 3;
        int length = rest + Integer.toString(rest).length();
        length = rest + Integer.toString(length).length();
        records.writeBytes(bytes(length + " " + key + "="));
        records.writeBytes(value);
        records.write('\n');
    }

    private static String raw(String name) {
        return new String(FileName.encode(name), StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(String raw) {
        return raw.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        tar.finish();
        tar.flush();
    }
}
