package dev.berth.linux.cgroup.v1;

import dev.berth.linux.cgroup.CgroupDirectory;
import dev.berth.linux.cgroup.CgroupLimits;
import dev.berth.linux.cgroup.DeviceRule;

/** {@code devices}: which device nodes may be opened and made. */
record DevicesController() implements Controller {
    @Override
    public String name() {
        return "devices";
    }

    @Override
    public boolean isAskedFor(CgroupLimits limits) {
        return !limits.devices().isEmpty();
    }

    @Override
    public void apply(CgroupLimits limits, CgroupDirectory group) {
        if (isAskedFor(limits)) {
            group.write("devices.deny", "a");
            group.write(
                    "devices.allow",
                    limits.devices().stream().map(DeviceRule::toString).toList());
        }
    }
}
