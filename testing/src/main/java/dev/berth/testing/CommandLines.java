package dev.berth.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the host's processes were started with, also where that is too long for {@link ProcessHandle} to tell. */
public final class CommandLines {
    private CommandLines() {}

    /** Whether some process has the text in its command line. */
    public static boolean have(String text) {
        return ProcessHandle.allProcesses().anyMatch(process -> of(process).contains(text));
    }

    private static String of(ProcessHandle process) {
        try {
            return Files.readString(
                    Path.of("/proc", Long.toString(process.pid()), "cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // it has ended
        }
    }
}
