package dev.berth.linux.cgroup.v2;

import dev.berth.linux.cgroup.BlockIo;
import dev.berth.linux.cgroup.CgroupDirectory;
import dev.berth.linux.cgroup.CgroupException;
import dev.berth.linux.cgroup.CgroupLimits;
import dev.berth.linux.cgroup.CgroupStats;
import dev.berth.linux.cgroup.CgroupStats.Io.Device;
import java.util.ArrayList;
import java.util.List;

/** {@code io}: how much is read from and written to block devices. */
record IoController() implements Controller {
    private static final String BFQ_WEIGHT = "io.bfq.weight";
    private static final String WEIGHT = "io.weight";

    @Override
    public String name() {
        return "io";
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
        List<String> rates = new ArrayList<>();
        io.readBytes().forEach(rate -> rates.add(rate.device() + " rbps=" + limit(rate)));
        io.writeBytes().forEach(rate -> rates.add(rate.device() + " wbps=" + limit(rate)));
        io.readOperations().forEach(rate -> rates.add(rate.device() + " riops=" + limit(rate)));
        io.writeOperations().forEach(rate -> rates.add(rate.device() + " wiops=" + limit(rate)));
        if (!rates.isEmpty()) {
            group.write("io.max", rates);
        }
    }

    private static String limit(BlockIo.Rate rate) {
        return rate.perSecond() == 0 ? CgroupDirectory.MAX : Long.toString(rate.perSecond());
    }

    private static void applyWeights(BlockIo io, CgroupDirectory group) {
        boolean bfq = group.has(BFQ_WEIGHT);
        if (!bfq && !group.has(WEIGHT)) {
            throw new CgroupException(
                    "cannot give block devices a weight: this kernel schedules none of them by weight");
        }
        List<String> values = new ArrayList<>();
        io.weight().ifPresent(weight -> values.add("default " + (bfq ? weight : converted(weight))));
        io.weights()
                .forEach(weight ->
                        values.add(weight.device() + " " + (bfq ? weight.weight() : converted(weight.weight()))));
        group.write(bfq ? BFQ_WEIGHT : WEIGHT, values);
    }

    /** From BFQ's 10 to 1000 to this controller's own 1 to 10000, as runc does it. */
    static int converted(int weight) {
        return 1 + (weight - 10) * 9999 / 990;
    }

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
