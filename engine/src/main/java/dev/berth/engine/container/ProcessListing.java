package dev.berth.engine.container;

import dev.berth.engine.error.EngineException;
import dev.berth.engine.system.HostFacts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Processes as ps(1) would print them, from /proc (proc(5)). */
final class ProcessListing {
    /** USER_HZ, in which the kernel tells times to programs on all architectures that Berth runs on. */
    private static final long TICKS_PER_SECOND = 100;

    private static final long PAGE_KIB = 4;
    private static final DateTimeFormatter START = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
    /** Where a value stands in /proc/PID/stat behind the name in brackets, which ends with field 2. */
    private static final int STAT_PPID = 1;

    private static final int STAT_TTY = 4;
    private static final int STAT_USER_TICKS = 11;
    private static final int STAT_SYSTEM_TICKS = 12;
    private static final int STAT_NICE = 16;
    private static final int STAT_START_TICKS = 19;
    private static final int STAT_VIRTUAL_BYTES = 20;
    private static final int STAT_RESIDENT_PAGES = 21;

    private ProcessListing() {}

    /**
     * The processes with these ids that still exist.
     *
     * @param arguments of ps: {@code -ef} (the default), {@code aux} or {@code -o} and a list of columns
     * @throws EngineException INVALID for others
     */
    static ProcessTable of(List<Integer> pids, Optional<String> arguments) {
        List<String> columns = columns(
                arguments.map(String::strip).filter(text -> !text.isEmpty()).orElse("-ef"));
        Map<String, String> users = users();
        List<List<String>> rows = new ArrayList<>();
        for (int pid : pids.stream().sorted().toList()) {
            read(pid)
                    .ifPresent(process -> rows.add(columns.stream()
                            .map(column -> process.column(column, users))
                            .toList()));
        }
        return new ProcessTable(columns.stream().map(ProcessListing::title).toList(), rows);
    }

    private static List<String> columns(String arguments) {
        return switch (arguments) {
            case "-ef", "-e -f", "ef", "-f" -> List.of("user", "pid", "ppid", "c", "stime", "tty", "time", "cmd");
            case "aux", "-aux", "axu", "u" ->
                List.of("user", "pid", "pcpu", "pmem", "vsz", "rss", "tty", "stat", "stime", "time", "cmd");
            case "-e", "ax", "-A" -> List.of("pid", "tty", "time", "comm");
            case String own
            when own.matches("(-e |-A |ax )?-?(e|A|ax)?o ?[a-z,]+") ->
                Arrays.stream(own.substring(own.indexOf('o') + 1).strip().split(","))
                        .map(ProcessListing::known)
                        .toList();
            default ->
                throw EngineException.invalid(
                        "ps arguments \"" + arguments + "\" are not known; use -ef, aux or -o pid,…");
        };
    }

    private static String known(String column) {
        return switch (column) {
            case "pid",
                    "ppid",
                    "user",
                    "uid",
                    "tty",
                    "time",
                    "comm",
                    "pcpu",
                    "pmem",
                    "vsz",
                    "rss",
                    "stat",
                    "nice",
                    "stime" -> column;
            case "args", "cmd", "command" -> "cmd";
            case "ni" -> "nice";
            case "tt" -> "tty";
            case "s" -> "stat";
            default -> throw EngineException.invalid("error: unknown user-defined format specifier \"" + column + "\"");
        };
    }

    private static String title(String column) {
        return switch (column) {
            case "pcpu" -> "%CPU";
            case "pmem" -> "%MEM";
            case "nice" -> "NI";
            case "comm" -> "COMMAND";
            default -> column.toUpperCase(Locale.ROOT);
        };
    }

    private static Optional<HostProcess> read(int pid) {
        Path directory = Path.of("/proc", Integer.toString(pid));
        try {
            String stat = Files.readString(directory.resolve("stat"), StandardCharsets.ISO_8859_1);
            String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
            String command = Files.readString(directory.resolve("cmdline"), StandardCharsets.ISO_8859_1)
                    .replace('\0', ' ')
                    .strip();
            int uid = (int) Files.getAttribute(directory, "unix:uid");
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).strip().split(" ", -1);
            return Optional.of(new HostProcess(pid, uid, name, command.isEmpty() ? "[" + name + "]" : command, fields));
        } catch (IOException e) {
            return Optional.empty(); // it has ended meanwhile
        }
    }

    /** What /proc tells of one process. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record HostProcess(int pid, int uid, String name, String command, String[] stat) {
        String column(String column, Map<String, String> users) {
            return switch (column) {
                case "user" -> users.getOrDefault(Integer.toString(uid), Integer.toString(uid));
                case "uid" -> Integer.toString(uid);
                case "pid" -> Integer.toString(pid);
                case "ppid" -> stat[STAT_PPID];
                case "c" -> Long.toString(Math.round(cpuPercent()));
                case "pcpu" -> String.format(Locale.ROOT, "%.1f", cpuPercent());
                case "pmem" -> memoryPercent();
                case "stime" -> START.format(started().atZone(ZoneId.systemDefault()));
                case "tty" -> terminal();
                case "time" -> time();
                case "vsz" -> Long.toString(field(STAT_VIRTUAL_BYTES) / 1024);
                case "rss" -> Long.toString(field(STAT_RESIDENT_PAGES) * PAGE_KIB);
                case "stat" -> stat[0];
                case "nice" -> stat[STAT_NICE];
                case "comm" -> name;
                default -> command;
            };
        }

        private long field(int index) {
            return Long.parseLong(stat[index]);
        }

        private long ticks() {
            return field(STAT_USER_TICKS) + field(STAT_SYSTEM_TICKS);
        }

        private Instant started() {
            return Instant.now()
                    .minus(HostFacts.uptime())
                    .plusMillis(field(STAT_START_TICKS) * 1000 / TICKS_PER_SECOND);
        }

        private double cpuPercent() {
            long millis = Duration.between(started(), Instant.now()).toMillis();
            return millis <= 0 ? 0 : ticks() * 1000.0 / TICKS_PER_SECOND * 100 / millis;
        }

        private String memoryPercent() {
            double total = HostFacts.memoryBytes();
            return String.format(Locale.ROOT, "%.1f", field(STAT_RESIDENT_PAGES) * PAGE_KIB * 1024 * 100 / total);
        }

        /** A pseudo terminal's number; its major number is 136 and up (Linux, devices.txt). */
        private String terminal() {
            long device = field(STAT_TTY);
            long major = (device >> 8) & 0xfff;
            return device == 0 ? "?" : "pts/" + (((device & 0xff) | ((device >> 12) & 0xfff00)) + (major - 136) * 256);
        }

        private String time() {
            long seconds = ticks() / TICKS_PER_SECOND;
            return String.format(Locale.ROOT, "%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
        }
    }

    /** The names of the host's users by their numbers, as ps on the host would say them. */
    private static Map<String, String> users() {
        Map<String, String> users = new HashMap<>();
        try {
            for (String line : Files.readAllLines(Path.of("/etc/passwd"), StandardCharsets.ISO_8859_1)) {
                String[] fields = line.split(":", -1);
                if (fields.length > 2) {
                    users.putIfAbsent(fields[2], fields[0]);
                }
            }
        } catch (IOException e) {
            return Map.of(); // numbers will do
        }
        return users;
    }
}
