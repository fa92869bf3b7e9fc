package dev.berth.cli.endpoint;

import dev.berth.cli.CliException;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.ArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;
import org.jspecify.annotations.Nullable;

/** A context as one file, to be taken elsewhere: {@code meta.json} and {@code tls/docker/*.pem} in a tar, or a zip. */
public final class ContextArchive {
    private static final Pattern TLS_FILE = Pattern.compile("tls/docker/([a-zA-Z0-9_.-]{1,64})");
    private static final int MOST_BYTES = 10 << 20;
    private static final int ZIP = 'P';
    private static final int PADDING_BYTES = 4 * 512;

    private ContextArchive() {}

    /**
     * Writes a context into a new file.
     *
     * @throws CliException where there is one already
     */
    public static void write(ContextStore.Stored context, Path file) throws IOException {
        if (Files.exists(file)) {
            throw new CliException("open " + file + ": file exists");
        }
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            write(context, out);
        }
    }

    /** Writes a context; the stream is not closed. */
    public static void write(ContextStore.Stored context, OutputStream out) throws IOException {
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out);
        Map<String, @Nullable Object> meta = new LinkedHashMap<>();
        for (String member : new String[] {"Name", "Metadata", "Endpoints"}) {
            meta.put(member, context.meta().get(member).value());
        }
        add(tar, "meta.json", Json.text(meta).getBytes(StandardCharsets.UTF_8));
        for (Map.Entry<String, Path> file : context.tls().entrySet()) {
            add(tar, "tls/docker/" + file.getKey(), Files.readAllBytes(file.getValue()));
        }
        tar.finish();
        out.flush();
    }

    private static void add(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        entry.setMode(name.startsWith("tls/") ? 0_100_600 : 0_100_644);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    /**
     * Reads a context into the store under a name.
     *
     * @throws CliException for what is no such archive, or has more in it than a context
     */
    public static void read(InputStream in, String name, ContextStore store) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(in);
        buffered.mark(1);
        boolean zip = buffered.read() == ZIP;
        buffered.reset();
        Map<String, byte[]> files = new TreeMap<>();
        Optional<Tree> meta = Optional.empty();
        ArchiveInputStream<?> archive =
                zip ? new ZipArchiveInputStream(buffered) : new TarArchiveInputStream(padded(buffered));
        for (ArchiveEntry entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
            Matcher file = TLS_FILE.matcher(entry.getName());
            if (entry.isDirectory()) {
                continue;
            } else if (entry.getName().equals("meta.json")) {
                meta = Optional.of(parse(content(archive)));
            } else if (file.matches() && !file.group(1).startsWith(".")) {
                files.put(file.group(1), content(archive));
            } else {
                throw new CliException("unexpected context file: " + entry.getName());
            }
        }
        if (meta.isEmpty()) {
            throw new CliException("invalid context: no metadata found");
        }
        Map<String, @Nullable Object> members = meta.get().members();
        members.put("Name", name);
        store.write(name, members, Optional.of(files));
    }

    /** Docker leaves the blanks behind the last file away. */
    private static InputStream padded(InputStream tar) {
        return new SequenceInputStream(tar, new ByteArrayInputStream(new byte[PADDING_BYTES]));
    }

    private static byte[] content(InputStream archive) throws IOException {
        byte[] content = archive.readNBytes(MOST_BYTES + 1);
        if (content.length > MOST_BYTES) {
            throw new CliException("read too much data: a context's file has at most " + MOST_BYTES + " bytes");
        }
        return content;
    }

    private static Tree parse(byte[] json) {
        try {
            return Json.parse(json);
        } catch (IllegalArgumentException e) {
            throw new CliException("invalid context: meta.json: " + e.getMessage());
        }
    }
}
