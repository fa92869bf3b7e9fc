package dev.berth.linux.cgroup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;

/** A group's directory in one hierarchy, and the small text files the kernel shows in it. */
public record CgroupDirectory(Path path) {
    /** How the kernel writes that there is no limit. */
    public static final String MAX = "max";

    private static final Set<OpenOption> REWRITE =
            Set.of(StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);

    /** Five seconds in all; most of what is killed has ended after the first. */
    private static final List<Duration> REMOVAL_PAUSES = IntStream.of(
                    1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1024, 1024, 1024)
            .mapToObj(Duration::ofMillis)
            .toList();

    /** The last part of its path. */
    public String name() {
        return String.valueOf(path.getFileName());
    }

    /** The same group's child. */
    public CgroupDirectory child(String name) {
        return new CgroupDirectory(path.resolve(name));
    }

    /** Makes it. False when its parent is not there. */
    public boolean make() {
        try {
            Files.createDirectory(path);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        } catch (FileAlreadyExistsException e) {
            throw new CgroupException("cannot make the control group " + path + ": it exists", e);
        } catch (IOException e) {
            throw new CgroupException("cannot make the control group " + path + ": " + reason(e), e);
        }
    }

    /** Makes it where it is missing. False when it was there, or its own parent is not. */
    public boolean makeIfMissing() {
        try {
            Files.createDirectory(path);
            return true;
        } catch (FileAlreadyExistsException | NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new CgroupException("cannot make the control group " + path + ": " + reason(e), e);
        }
    }

    public boolean exists() {
        return Files.isDirectory(path);
    }

    /** Whether the kernel offers this file here. */
    public boolean has(String file) {
        return Files.exists(path.resolve(file));
    }

    /** Writes one value, in one write(2), as the kernel wants it. */
    public void write(String file, String value) {
        write(file, List.of(value));
    }

    /** Writes values to one file, each by a write(2) of its own. */
    public void write(String file, List<String> values) {
        String now = values.getFirst();
        try (FileChannel channel = FileChannel.open(path.resolve(file), REWRITE)) {
            for (String value : values) {
                now = value;
                channel.write(ByteBuffer.wrap(value.getBytes(StandardCharsets.US_ASCII)));
            }
        } catch (IOException e) {
            throw new CgroupException("cannot write \"" + now + "\" to " + path.resolve(file) + ": " + reason(e), e);
        }
    }

    /** The file's text without surrounding white space. */
    public String read(String file) {
        return readIfThere(file).orElseThrow(() -> new CgroupException("the kernel has no " + path.resolve(file)));
    }

    /** The same; empty when this kernel has no such file, or the group has gone. */
    public Optional<String> readIfThere(String file) {
        try {
            return Optional.of(Files.readString(path.resolve(file), StandardCharsets.US_ASCII)
                    .strip());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            if (reason(e).equals("No such device")) { // opened before the group went, read after
                return Optional.empty();
            }
            throw new CgroupException("cannot read " + path.resolve(file) + ": " + reason(e), e);
        }
    }

    /** The file's number; zero when there is no such file. */
    public long readNumber(String file) {
        return readIfThere(file).map(Long::parseLong).orElse(0L);
    }

    /** The file's number; empty when it says {@code max} or is not there. */
    public OptionalLong readLimit(String file) {
        Optional<String> text = readIfThere(file).filter(value -> !value.equals(MAX));
        return text.isPresent() ? OptionalLong.of(Long.parseLong(text.get())) : OptionalLong.empty();
    }

    /** The number after {@code key} in a file of lines {@code key number}; zero when there is none. */
    public long readNumber(String file, String key) {
        return number(readIfThere(file).orElse(""), key);
    }

    /** The number after {@code key} in a text of lines {@code key number}; zero when there is none. */
    public static long number(String text, String key) {
        for (String line : text.split("\n", -1)) {
            if (line.startsWith(key) && line.length() > key.length() && line.charAt(key.length()) == ' ') {
                return Long.parseLong(line.substring(key.length() + 1).strip());
            }
        }
        return 0;
    }

    /** The groups directly below. */
    public List<CgroupDirectory> children() {
        List<CgroupDirectory> children = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path, Files::isDirectory)) {
            entries.forEach(entry -> children.add(new CgroupDirectory(entry)));
        } catch (NoSuchFileException e) {
            return List.of(); // gone meanwhile
        } catch (IOException e) {
            throw new CgroupException("cannot list the control group " + path + ": " + reason(e), e);
        }
        return children;
    }

    /**
     * The processes in it and in the groups below, from the files of this name. The kernel writes 0 for one that is
     * just ending or that our PID namespace does not see; those are left out, for to kill(2) a 0 means ourselves.
     */
    public List<Integer> pids(String file) {
        List<Integer> pids = new ArrayList<>(readIfThere(file).stream()
                .flatMap(String::lines)
                .map(Integer::valueOf)
                .filter(pid -> pid > 0)
                .toList());
        children().forEach(child -> pids.addAll(child.pids(file)));
        return pids;
    }

    /** Removes it. False when the kernel says that something is still in it. True when it is gone already. */
    public boolean remove() {
        try {
            Files.delete(path);
            return true;
        } catch (NoSuchFileException e) {
            return true;
        } catch (FileSystemException e) {
            if (reason(e).equals("Device or resource busy")) {
                return false;
            }
            throw new CgroupException("cannot remove the control group " + path + ": " + reason(e), e);
        } catch (IOException e) {
            throw new CgroupException("cannot remove the control group " + path + ": " + reason(e), e);
        }
    }

    /**
     * Removes it with the groups below. Where something is still inside, that is killed, and after ever longer pauses
     * the removal tried again: the kernel tells nobody when the last of many hierarchies has let go of a process.
     *
     * @param kill sends all that is inside to its end
     */
    public void removeTree(Runnable kill) {
        if (remove()) {
            return;
        }
        for (Duration pause : REMOVAL_PAUSES) {
            kill.run();
            children().forEach(child -> child.removeTree(kill));
            if (remove()) {
                return;
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CgroupException("interrupted while the control group " + path + " was being removed", e);
            }
        }
        if (!remove()) {
            throw new CgroupException("cannot remove the control group " + path
                    + ": processes in it do not end, though they were killed (" + pids("cgroup.procs") + ")");
        }
    }

    private static String reason(IOException e) {
        String reason = e instanceof FileSystemException failure ? failure.getReason() : e.getMessage();
        if (reason == null) {
            return e instanceof NoSuchFileException ? "this kernel has no such file" : e.toString();
        }
        return reason;
    }
}
