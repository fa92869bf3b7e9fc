package dev.berth.build.attest.rpm;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** Reads rpm's databases, which may be a stranger's. */
public final class RpmDatabase {
    private RpmDatabase() {}

    /**
     * The packages in a database.
     *
     * @param file of any of the three kinds
     * @param log SQLite's write-ahead log beside it; empty where there is none
     * @throws IOException where it is of none of the kinds, or damaged
     */
    public static List<RpmPackage> packages(byte[] file, byte[] log) throws IOException {
        if (file.length == 0) {
            return List.of(); // made, and never written to
        }
        ByteBuffer database = ByteBuffer.wrap(file).asReadOnlyBuffer();
        try {
            return headers(database, ByteBuffer.wrap(log).asReadOnlyBuffer()).stream()
                    .map(RpmPackage::read)
                    .flatMap(Optional::stream)
                    .toList();
        } catch (IndexOutOfBoundsException | BufferUnderflowException | ArithmeticException e) {
            throw new IOException("it is damaged: something in it is said to be where the file has ended", e);
        }
    }

    /** What the values of a file may be together: as much as the file. One that names the same bytes time and again has no end else. */
    static final class Budget {
        private long left;

        Budget(long bytes) {
            left = bytes;
        }

        /** Gives the bytes that a value is said to have. */
        int take(long bytes) throws IOException {
            if (bytes < 0 || bytes > left) {
                throw new IOException("it is damaged: its values are said to be longer than itself");
            }
            left -= bytes;
            return (int) bytes;
        }
    }

    private static List<ByteBuffer> headers(ByteBuffer database, ByteBuffer log) throws IOException {
        if (SqliteFile.is(database)) {
            return new SqliteFile(database, log).blobs("Packages");
        }
        if (RpmOwnFile.is(database)) {
            return new RpmOwnFile(database).blobs();
        }
        if (BerkeleyHashFile.is(database)) {
            return new BerkeleyHashFile(database).values();
        }
        throw new IOException("it is none of the kinds that rpm is known to use: Berkeley DB's hash, SQLite, its own");
    }
}
