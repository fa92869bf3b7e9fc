package dev.berth.testcontainers;

import dev.berth.embedded.Images;
import dev.berth.image.tar.TarEntry;
import dev.berth.image.tar.TarWriter;
import dev.berth.linux.asm.Machine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Map;

/** The image of {@link ReaperProgram}. */
final class ReaperImage {
    /** Another name than the real reaper's: what is here under that may be wanted for a real Docker. */
    static final String NAME = "berth/testcontainers-reaper:1";

    private static final String PROGRAM = "reaper";
    private static final int EXECUTABLE = 0755;

    private ReaperImage() {}

    /** Makes it where it is not there. */
    static void make(Images images) {
        if (images.find(NAME).isEmpty()) {
            images.importTree(new ByteArrayInputStream(tree()), NAME, "CMD [\"/" + PROGRAM + "\"]");
        }
    }

    private static byte[] tree() {
        byte[] program = ReaperProgram.executable(
                Machine.host().orElseThrow(() -> new IllegalStateException("an engine runs on this machine")));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarWriter tar = new TarWriter(bytes)) {
            tar.begin(TarEntry.file(PROGRAM, EXECUTABLE, 0, 0, Instant.EPOCH, program.length, Map.of()));
            tar.write(program, 0, program.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return bytes.toByteArray();
    }
}
