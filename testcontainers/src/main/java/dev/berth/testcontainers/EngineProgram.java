package dev.berth.testcontainers;

import dev.berth.embedded.BerthProcess;
import java.io.IOException;

/** The engine of a suite, in a JVM of its own. */
final class EngineProgram {
    private EngineProgram() {}

    public static void main(String[] arguments) throws IOException {
        BerthProcess.serve(berth -> {
            SessionImages.removeOld(berth.images());
            ReaperImage.make(berth.images());
        });
    }
}
