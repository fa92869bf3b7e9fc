package dev.berth.linux.cgroup.v1;

import dev.berth.linux.cgroup.CgroupDirectory;
import dev.berth.linux.cgroup.DeviceRule;
import java.util.List;

/** {@code devices}: which device nodes may be opened and made. */
record DevicesController() {
    static final String NAME = "devices";

    /** Sets the rules of a new group. */
    void allowOnly(List<DeviceRule> rules, CgroupDirectory group) {
        group.write("devices.deny", "a");
        group.write("devices.allow", rules.stream().map(DeviceRule::toString).toList());
    }
}
