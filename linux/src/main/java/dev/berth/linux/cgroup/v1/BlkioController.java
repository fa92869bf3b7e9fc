package dev.berth.linux.cgroup.v1;

import dev.berth.linux.cgroup.CgroupDirectory;
import dev.berth.linux.cgroup.CgroupStats;

/** {@code blkio}: how much was read from and written to block devices. No limits are set. */
record BlkioController() {
    static final String NAME = "blkio";

    /** Sums up lines {@code 8:0 Read 4096}. */
    CgroupStats.Io stats(CgroupDirectory group) {
        String text =
                group.readIfThere("blkio.throttle.io_service_bytes_recursive").orElse("");
        return new CgroupStats.Io(sum(text, "Read"), sum(text, "Write"));
    }

    private static long sum(String text, String operation) {
        return text.lines()
                .map(line -> line.split(" ", -1))
                .filter(words -> words.length == 3 && words[1].equals(operation))
                .mapToLong(words -> Long.parseLong(words[2]))
                .sum();
    }
}
