package dev.berth.level.os;

import dev.berth.level.LevelException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The processes of a container that no control group tells of: those in the PID namespace of one of them. */
final class Neighbours {
    private static final Path PROC = Path.of("/proc");

    private Neighbours() {}

    /** By their numbers, the process itself too. */
    static List<Integer> of(int pid) {
        List<Integer> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            Path namespace = namespace(PROC.resolve(Integer.toString(pid)));
            for (Path process : processes) {
                if (isIn(namespace, process)) {
                    found.add(Integer.parseInt(process.getFileName().toString()));
                }
            }
            return found;
        } catch (IOException e) {
            throw new LevelException(
                    LevelException.Kind.FAILED, "cannot find the processes beside " + pid + ": " + e.getMessage(), e);
        }
    }

    private static boolean isIn(Path namespace, Path process) {
        try {
            return namespace.equals(namespace(process));
        } catch (IOException e) {
            return false; // it has ended meanwhile
        }
    }

    private static Path namespace(Path process) throws IOException {
        return Files.readSymbolicLink(process.resolve("ns/pid"));
    }
}
