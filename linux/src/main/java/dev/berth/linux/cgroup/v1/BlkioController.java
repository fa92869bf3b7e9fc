package dev.berth.linux.cgroup.v1;

import dev.berth.linux.cgroup.CgroupDirectory;
import dev.berth.linux.cgroup.CgroupStats;
import dev.berth.linux.cgroup.CgroupStats.Io.Device;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code blkio}: how much was read from and written to block devices. No limits are set. */
record BlkioController() {
    static final String NAME = "blkio";

    /** Reads lines {@code 8:0 Read 4096}. */
    CgroupStats.Io stats(CgroupDirectory group) {
        String text =
                group.readIfThere("blkio.throttle.io_service_bytes_recursive").orElse("");
        Map<String, Device> devices = new LinkedHashMap<>();
        for (String line : text.split("\n", -1)) {
            String[] words = line.split(" ", -1);
            int colon = words[0].indexOf(':');
            if (words.length == 3 && colon > 0) {
                long bytes = Long.parseLong(words[2]);
                Device one = new Device(
                        Integer.parseInt(words[0].substring(0, colon)),
                        Integer.parseInt(words[0].substring(colon + 1)),
                        words[1].equals("Read") ? bytes : 0,
                        words[1].equals("Write") ? bytes : 0);
                devices.merge(words[0], one, BlkioController::sum);
            }
        }
        return new CgroupStats.Io(List.copyOf(devices.values()));
    }

    private static Device sum(Device a, Device b) {
        return new Device(a.major(), a.minor(), a.readBytes() + b.readBytes(), a.writtenBytes() + b.writtenBytes());
    }
}
