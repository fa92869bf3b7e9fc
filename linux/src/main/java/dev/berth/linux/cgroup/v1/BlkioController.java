package dev.berth.linux.cgroup.v1;

import dev.berth.linux.cgroup.BlockIo;
import dev.berth.linux.cgroup.CgroupDirectory;
import dev.berth.linux.cgroup.CgroupException;
import dev.berth.linux.cgroup.CgroupLimits;
import dev.berth.linux.cgroup.CgroupStats;
import dev.berth.linux.cgroup.CgroupStats.Io.Device;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code blkio}: how much is read from and written to block devices. */
record BlkioController() implements Controller {
    static final String NAME = "blkio";
    /** With the BFQ scheduler, and with CFQ in kernels before 5.0. */
    private static final List<String> WEIGHTS = List.of("blkio.bfq.weight", "blkio.weight");

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean isAskedFor(CgroupLimits limits) {
        return limits.rare().blockIo().isAskedFor();
    }

    @Override
    public void apply(CgroupLimits limits, CgroupDirectory group) {
        BlockIo io = limits.rare().blockIo();
        if (io.hasWeights()) {
            applyWeights(io, group);
        }
        applyRates("blkio.throttle.read_bps_device", io.readBytes(), group);
        applyRates("blkio.throttle.write_bps_device", io.writeBytes(), group);
        applyRates("blkio.throttle.read_iops_device", io.readOperations(), group);
        applyRates("blkio.throttle.write_iops_device", io.writeOperations(), group);
    }

    private static void applyWeights(BlockIo io, CgroupDirectory group) {
        String file = WEIGHTS.stream()
                .filter(group::has)
                .findFirst()
                .orElseThrow(
                        () -> new CgroupException("cannot give block devices a weight: this kernel schedules none of"
                                + " them by weight (it would with the scheduler bfq)"));
        io.weight().ifPresent(weight -> group.write(file, Integer.toString(weight)));
        if (!io.weights().isEmpty()) {
            group.write(
                    file + "_device",
                    io.weights().stream()
                            .map(weight -> weight.device() + " " + weight.weight())
                            .toList());
        }
    }

    private static void applyRates(String file, List<BlockIo.Rate> rates, CgroupDirectory group) {
        if (!rates.isEmpty()) {
            group.write(
                    file,
                    rates.stream()
                            .map(rate -> rate.device() + " " + rate.perSecond())
                            .toList());
        }
    }

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
