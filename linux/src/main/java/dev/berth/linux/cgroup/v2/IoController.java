package dev.berth.linux.cgroup.v2;

import dev.berth.linux.cgroup.CgroupDirectory;
import dev.berth.linux.cgroup.CgroupStats;

/** {@code io}: how much was read from and written to block devices. No limits are set. */
record IoController() {
    /** Sums up lines {@code 8:0 rbytes=4096 wbytes=0 …}. */
    CgroupStats.Io stats(CgroupDirectory group) {
        String text = group.readIfThere("io.stat").orElse("");
        return new CgroupStats.Io(sum(text, "rbytes="), sum(text, "wbytes="));
    }

    private static long sum(String text, String key) {
        long sum = 0;
        for (String word : text.split("\\s", -1)) {
            if (word.startsWith(key)) {
                sum += Long.parseLong(word.substring(key.length()));
            }
        }
        return sum;
    }
}
