package dev.berth.build.java;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** A file's bytes, wherever they are. */
interface Content {
    /** How many they are, or are said to be. */
    long size();

    /** The bytes from their start; the caller closes the stream. */
    InputStream open() throws IOException;

    /** Whether it is a program. */
    default boolean executable() {
        return false;
    }

    /** The file that it is, where it is one by itself. */
    default Optional<Path> file() {
        return Optional.empty();
    }

    static Content of(byte[] bytes) {
        return new Content() {
            @Override
            public long size() {
                return bytes.length;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(bytes);
            }
        };
    }

    /** A file, which must not change as long as this is in use. */
    static Content of(Path file) throws IOException {
        long size = Files.size(file);
        boolean executable = Files.isExecutable(file);
        return new Content() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public InputStream open() throws IOException {
                return Files.newInputStream(file);
            }

            @Override
            public boolean executable() {
                return executable;
            }

            @Override
            public Optional<Path> file() {
                return Optional.of(file);
            }
        };
    }

    /** An entry of an open zip; its size is what the zip's directory says. Damage is told when it is read. */
    static Content of(ZipFile zip, ZipEntry entry) throws ZipException {
        if (entry.getSize() < 0) {
            throw new ZipException("the size of " + entry.getName() + " is not told");
        }
        return new Content() {
            @Override
            public long size() {
                return entry.getSize();
            }

            @Override
            public InputStream open() throws IOException {
                return new EntryStream(zip.getInputStream(entry), entry);
            }
        };
    }
}
