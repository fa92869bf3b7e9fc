package dev.berth.build.attest.rpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Databases of each kind: those that rpm, Berkeley DB and SQLite have written themselves, and damaged ones. */
@Needs({Need.RPM, Need.PYTHON})
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RpmDatabaseTest {
    /** So many that neither a table nor a hash has room on one page. */
    private static final int PACKAGES = 60;

    private static final byte[] NO_LOG = {};

    @TempDir
    private static Path directory;

    private static Path database;

    @BeforeAll
    static void install() throws IOException, InterruptedException {
        Files.writeString(directory.resolve("berth.spec"), spec());
        run(
                "rpmbuild",
                "-bb",
                "--quiet",
                "--define",
                "_topdir " + directory,
                "--define",
                "_rpmdir " + directory,
                "berth.spec");
        List<String> install = new ArrayList<>(List.of(
                "rpm", "--force-debian", "--root", directory.resolve("root").toString()));
        install.addAll(List.of("--dbpath", "/var/lib/rpm", "-i", "--justdb", "--nodeps"));
        Files.createDirectory(directory.resolve("root"));
        try (Stream<Path> made = Files.list(directory.resolve("noarch"))) {
            made.map(Path::toString).forEach(install::add);
        }
        run(install.toArray(String[]::new));
        database = directory.resolve("root/var/lib/rpm/rpmdb.sqlite");
    }

    private static String spec() {
        String many = IntStream.range(0, PACKAGES)
                .mapToObj(i -> """
                        %package -n extra-NUMBER
                        Summary: another
                        License: GPLv2+ and LGPLv2+
                        %description -n extra-NUMBER
                        LONG
                        %files -n extra-NUMBER
                        """.replace("NUMBER", Integer.toString(i)).replace("LONG", "long ".repeat(100 * i)))
                .reduce("", String::concat);
        return """
                Name: berth
                Version: 1.2
                Release: 3.el9
                Epoch: 2
                Summary: one
                License: Apache-2.0 AND MIT
                BuildArch: noarch
                %description
                one
                %files
                """ + many;
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    /** The headers of all packages, as each kind of database has them. */
    private List<byte[]> headers() throws IOException {
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(database));
        return new SqliteFile(file, ByteBuffer.wrap(NO_LOG))
                .blobs("Packages").stream().map(RpmDatabaseTest::bytes).toList();
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.slice().get(bytes);
        return bytes;
    }

    private static void areAll(List<RpmPackage> packages) {
        assertThat(packages).hasSize(PACKAGES + 1);
        assertThat(packages)
                .contains(
                        new RpmPackage(
                                "berth", "1.2-3.el9", "2", "noarch", "Apache-2.0 AND MIT", "berth-1.2-3.el9.src.rpm"),
                        new RpmPackage(
                                "extra-59",
                                "1.2-3.el9",
                                "2",
                                "noarch",
                                "GPLv2+ and LGPLv2+",
                                "berth-1.2-3.el9.src.rpm"));
        assertThat(packages.stream().map(RpmPackage::name).distinct()).hasSize(PACKAGES + 1);
    }

    /** Berkeley DB's own program makes a hash of keys and values, as rpm had it. */
    private byte[] berkeley(String... options) throws IOException, InterruptedException {
        StringBuilder dump = new StringBuilder("VERSION=3\nformat=bytevalue\ntype=hash\nHEADER=END\n");
        dump.append(" 00000000\n ")
                .append(HexFormat.of().toHexDigits(PACKAGES + 1))
                .append('\n');
        int number = 1;
        for (byte[] header : headers()) {
            dump.append(' ').append(HexFormat.of().toHexDigits(number++)).append('\n');
            dump.append(' ').append(HexFormat.of().formatHex(header)).append('\n');
        }
        Files.deleteIfExists(directory.resolve("Packages"));
        Path text = Files.writeString(directory.resolve("dump"), dump.append("DATA=END\n"));
        List<String> command = new ArrayList<>(List.of("db_load", "-f", text.toString()));
        command.addAll(List.of(options));
        command.add("Packages");
        run(command.toArray(String[]::new));
        return Files.readAllBytes(directory.resolve("Packages"));
    }

    /** Of rpm's own kind, which Debian's rpm does not write: a free slot first, then one for each package. */
    private byte[] own() throws IOException {
        List<byte[]> headers = headers();
        ByteArrayOutputStream blobs = new ByteArrayOutputStream();
        ByteBuffer slots = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        slots.put("RpmP".getBytes(StandardCharsets.US_ASCII))
                .putInt(0)
                .putInt(9)
                .putInt(1);
        slots.putInt(headers.size() + 1).position(32);
        slots.put("Slot".getBytes(StandardCharsets.US_ASCII)).position(48);
        for (int index = 1; index <= headers.size(); index++) {
            byte[] header = headers.get(index - 1);
            int blocks = (16 + header.length + 12 + 15) / 16;
            slots.put("Slot".getBytes(StandardCharsets.US_ASCII));
            slots.putInt(index).putInt((4096 + blobs.size()) / 16).putInt(blocks);
            ByteBuffer blob = ByteBuffer.allocate(16 * blocks).order(ByteOrder.LITTLE_ENDIAN);
            blob.put("BlbS".getBytes(StandardCharsets.US_ASCII)).putInt(index).putInt(9);
            blob.putInt(header.length).put(header);
            blobs.writeBytes(blob.array());
        }
        while (slots.hasRemaining()) {
            slots.put("Slot".getBytes(StandardCharsets.US_ASCII))
                    .putInt(0)
                    .putInt(0)
                    .putInt(0);
        }
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(slots.array());
        file.writeBytes(blobs.toByteArray());
        return file.toByteArray();
    }

    @Test
    void ofSqliteAsRpmWritesIt() throws IOException {
        areAll(RpmDatabase.packages(Files.readAllBytes(database), NO_LOG));
    }

    /** A program that is killed leaves what it has written in the log, and some of what it has not finished. */
    @Test
    void ofSqliteWithPackagesThatAreInTheLogAlone() throws IOException, InterruptedException {
        Path killed = Files.copy(database, directory.resolve("killed"));
        Process python = new ProcessBuilder("python3", "-c", """
                import os, signal, sqlite3, sys
                d = sqlite3.connect(sys.argv[1], isolation_level=None)
                d.execute("PRAGMA journal_mode=WAL")
                d.execute("PRAGMA wal_autocheckpoint=0")
                d.execute("CREATE TABLE kept AS SELECT * FROM Packages")
                d.execute("DELETE FROM Packages")
                d.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                d.execute("INSERT INTO Packages SELECT * FROM kept")
                d.execute("PRAGMA cache_size=1")
                d.execute("BEGIN")
                d.execute("DELETE FROM Packages")
                d.execute("DELETE FROM kept")
                os.kill(os.getpid(), signal.SIGKILL)
                """, killed.toString())
                .inheritIO()
                .start();
        assertThat(python.waitFor()).isEqualTo(137);
        byte[] file = Files.readAllBytes(killed);
        assertThat(RpmDatabase.packages(file, NO_LOG)).isEmpty();
        areAll(RpmDatabase.packages(file, Files.readAllBytes(directory.resolve("killed-wal"))));
    }

    @Test
    void ofBerkeleyDbInBothOrdersOfBytes() throws IOException, InterruptedException {
        areAll(RpmDatabase.packages(berkeley(), NO_LOG));
        areAll(RpmDatabase.packages(berkeley("-c", "db_lorder=4321", "-c", "db_pagesize=512"), NO_LOG));
    }

    @Test
    void ofRpmsOwnKind() throws IOException {
        areAll(RpmDatabase.packages(own(), NO_LOG));
    }

    @Test
    void whatIsDamagedIsToldAndEndsNothing() throws IOException, InterruptedException {
        Random random = new Random(7);
        for (byte[] whole : List.of(Files.readAllBytes(database), berkeley(), own())) {
            assertThatThrownBy(() -> RpmDatabase.packages(Arrays.copyOf(whole, whole.length / 2), NO_LOG))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("damaged");
            int told = 0;
            for (int i = 0; i < 1000; i++) {
                byte[] damaged = whole.clone();
                for (int change = 0; change < 20; change++) {
                    // most of them where the file says what is where
                    int at = random.nextInt(change % 2 == 0 ? Math.min(16384, whole.length) : whole.length);
                    damaged[at] = (byte) random.nextInt();
                }
                try {
                    RpmDatabase.packages(damaged, NO_LOG);
                } catch (IOException e) {
                    told++;
                }
            }
            assertThat(told).isPositive();
        }
    }

    @Test
    void whatIsNoDatabaseIsTold() throws IOException {
        assertThat(RpmDatabase.packages(NO_LOG, NO_LOG)).isEmpty();
        assertThatThrownBy(() ->
                        RpmDatabase.packages("nothing of the kind".repeat(10).getBytes(StandardCharsets.UTF_8), NO_LOG))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none of the kinds");
    }
}
