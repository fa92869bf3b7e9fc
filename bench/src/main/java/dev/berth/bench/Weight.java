package dev.berth.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What an engine's processes weigh beside the containers' own: shared pages are counted once, among all who share them.
 *
 * @param daemonKib the daemon and what it has started for good
 * @param helpersKib what stands between it and each container's first process
 * @param helpersWithKernelKib the same with what the kernel holds for a process: its stack, its page tables and the
 *     objects of a task
 */
record Weight(long daemonKib, long helpersKib, long helpersWithKernelKib, int helpers) {
    private static final int KERNEL_STACK_KIB = 16;
    /** A process has one of each; of areas of its memory, as many as it has. */
    private static final List<String> OBJECTS = List.of(
            "task_struct", "signal_cache", "sighand_cache", "files_cache", "fs_cache", "mm_struct", "pid", "cred");

    static Weight of(Peer peer, List<String> containers) throws IOException {
        Set<Long> inside = new HashSet<>();
        Set<Long> helpers = new HashSet<>();
        try (Api api = peer.connect()) {
            for (String id : containers) {
                String state = api.get("/containers/" + id + "/json");
                Matcher pid = Pattern.compile("\"Pid\":\\s*(\\d+)").matcher(state);
                if (!pid.find() || pid.group(1).equals("0")) {
                    throw new IOException(peer.name() + ": container " + id + " does not run: " + state);
                }
                inside.add(Long.parseLong(pid.group(1)));
            }
        }
        for (long pid : inside) {
            helpers.add(field(pid, "status", "PPid:"));
        }
        Set<Long> own = peer.processes();
        helpers.remove(peer.pid());
        own.removeAll(inside);
        own.removeAll(helpers);
        Map<String, Integer> sizes = objectSizes();
        long daemon = 0;
        for (long pid : own) {
            daemon += field(pid, "smaps_rollup", "Pss:");
        }
        long user = 0;
        long kernel = 0;
        for (long pid : helpers) {
            user += field(pid, "smaps_rollup", "Pss:");
            kernel += field(pid, "status", "Threads:")
                    * (KERNEL_STACK_KIB * 1024L + sizes.getOrDefault("task_struct", 0));
            kernel += field(pid, "status", "VmPTE:") * 1024;
            kernel += OBJECTS.stream()
                    .skip(1)
                    .mapToLong(name -> sizes.getOrDefault(name, 0))
                    .sum();
            kernel += areas(pid) * sizes.getOrDefault("vm_area_struct", 0);
        }
        return new Weight(daemon, user, user + kernel / 1024, helpers.size());
    }

    long totalKib() {
        return daemonKib + helpersKib;
    }

    private static long areas(long pid) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/maps"))) {
            return lines.count();
        }
    }

    private static long field(long pid, String file, String name) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/" + file))) {
            return lines.filter(line -> line.startsWith(name))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .sum();
        }
    }

    /** How large the kernel's objects are, in bytes. */
    private static Map<String, Integer> objectSizes() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/slabinfo"))) {
            return lines.skip(2)
                    .map(line -> line.split("\\s+"))
                    .collect(Collectors.toMap(words -> words[0], words -> Integer.parseInt(words[3]), Math::max));
        }
    }

    @Override
    public String toString() {
        return "daemon " + daemonKib + " KiB, " + helpers + " helpers " + helpersKib + " KiB";
    }
}
