package dev.berth.cli.check;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The host's files that tell of it, below a root that is {@code /} but in tests. */
record Host(Path root) {
    private Path at(String path) {
        return root.resolve(path.substring(1));
    }

    boolean has(String path) {
        return Files.exists(at(path));
    }

    boolean canWrite(String path) {
        return Files.isWritable(at(path));
    }

    /** What a file says, without blanks around it; empty where it cannot be read. */
    Optional<String> text(String path) {
        try (var in = Files.newInputStream(at(path))) { // files of /proc have no size
            return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    List<String> lines(String path) {
        return text(path).map(text -> text.lines().toList()).orElse(List.of());
    }

    /** The value of a line {@code name: value}. */
    Optional<String> member(String path, String name) {
        return lines(path).stream()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst();
    }

    boolean isAtLeast(String path, long least) {
        return text(path)
                        .filter(text -> text.matches("\\d{1,18}"))
                        .map(Long::parseLong)
                        .orElse(0L)
                >= least;
    }

    boolean says(String path, String... words) {
        return text(path).filter(text -> List.of(words).contains(text)).isPresent();
    }
}
