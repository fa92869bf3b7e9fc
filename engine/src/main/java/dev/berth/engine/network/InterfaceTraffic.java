package dev.berth.engine.network;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** What an interface of a container has received and sent since it was made. */
public record InterfaceTraffic(Direction received, Direction sent) {
    private static final int HEADING_LINES = 2;
    private static final int DIRECTION_NUMBERS = 8;

    /**
     * One direction's.
     *
     * @param dropped which there was no room for, or nobody to take
     */
    public record Direction(long bytes, long packets, long errors, long dropped) {}

    /**
     * Reads the figures of interfaces, by their names. The kernel shows a process's namespace to whoever reads (proc_pid_net(5)):
     * nobody has to enter it.
     *
     * @param pid of a process in the namespace
     * @param names of the interfaces that count; those that are not there are left out
     * @throws IOException where the process is gone
     */
    public static Map<String, InterfaceTraffic> of(int pid, Collection<String> names) throws IOException {
        Map<String, InterfaceTraffic> all =
                parse(Files.readString(Path.of("/proc/" + pid + "/net/dev"), StandardCharsets.ISO_8859_1));
        all.keySet().retainAll(names);
        return all;
    }

    /** Of each interface, by name. */
    static Map<String, InterfaceTraffic> parse(String table) {
        Map<String, InterfaceTraffic> all = new TreeMap<>();
        table.lines().skip(HEADING_LINES).forEach(line -> {
            int colon = line.lastIndexOf(':'); // a name may have one
            if (colon > 0) {
                long[] numbers = Arrays.stream(line.substring(colon + 1).strip().split(" +"))
                        .mapToLong(Long::parseUnsignedLong)
                        .toArray();
                all.put(
                        line.substring(0, colon).strip(),
                        new InterfaceTraffic(direction(numbers, 0), direction(numbers, DIRECTION_NUMBERS)));
            }
        });
        return all;
    }

    private static Direction direction(long[] numbers, int first) {
        return new Direction(numbers[first], numbers[first + 1], numbers[first + 2], numbers[first + 3]);
    }
}
