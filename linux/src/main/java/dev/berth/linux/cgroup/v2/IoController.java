package dev.berth.linux.cgroup.v2;

import dev.berth.linux.cgroup.CgroupDirectory;
import dev.berth.linux.cgroup.CgroupStats;
import dev.berth.linux.cgroup.CgroupStats.Io.Device;
import java.util.ArrayList;
import java.util.List;

/** {@code io}: how much was read from and written to block devices. No limits are set. */
record IoController() {
    /** Reads lines {@code 8:0 rbytes=4096 wbytes=0 …}. */
    CgroupStats.Io stats(CgroupDirectory group) {
        List<Device> devices = new ArrayList<>();
        for (String line : group.readIfThere("io.stat").orElse("").split("\n", -1)) {
            String[] words = line.split(" ", -1);
            int colon = words[0].indexOf(':');
            if (colon > 0 && words.length > 1) {
                devices.add(new Device(
                        Integer.parseInt(words[0].substring(0, colon)),
                        Integer.parseInt(words[0].substring(colon + 1)),
                        value(words, "rbytes="),
                        value(words, "wbytes=")));
            }
        }
        return new CgroupStats.Io(devices);
    }

    private static long value(String[] words, String key) {
        for (String word : words) {
            if (word.startsWith(key)) {
                return Long.parseLong(word.substring(key.length()));
            }
        }
        return 0;
    }
}
