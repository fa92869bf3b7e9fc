package dev.berth.engine.state;

import dev.berth.image.check.Inspection;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is wrong about the files of a state of which a whole one is found: they can all go. */
public final class StateFileCheck {
    private StateFileCheck() {}

    /** Tells of them, and removes them where repairs are made. */
    public static void run(Inspection inspection, StateFile.Survey survey) {
        for (Path file : survey.damaged()) {
            inspection.damaged(
                    "file " + file,
                    "its checksum is wrong",
                    "removed: another counts",
                    () -> Files.deleteIfExists(file));
        }
        for (Path file : survey.cut()) {
            inspection.unfinished(
                    "file " + file,
                    "it was not written to its end",
                    "removed: the one before counts",
                    () -> Files.deleteIfExists(file));
        }
    }
}
