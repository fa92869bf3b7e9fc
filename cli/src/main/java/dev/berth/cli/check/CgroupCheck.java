package dev.berth.cli.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which control groups there are: one hierarchy (v2), or one each (v1), and what they can limit. */
final class CgroupCheck {
    /** What is missed without it. */
    private static final List<Map.Entry<String, String>> NEEDED = List.of(
            Map.entry("memory", "--memory"),
            Map.entry("cpu", "--cpus and --cpu-shares"),
            Map.entry("cpuset", "--cpuset-cpus"),
            Map.entry("pids", "--pids-limit"),
            Map.entry("io", "limits and figures of block devices"));

    private final Host host;

    CgroupCheck(Host host) {
        this.host = host;
    }

    List<Finding> findings() {
        Optional<String> unified = host.text("/sys/fs/cgroup/cgroup.controllers");
        List<String> mounted = mounted();
        if (unified.isEmpty() && mounted.isEmpty()) {
            return List.of(Finding.missing(
                    "control groups",
                    "not mounted",
                    "mount -t cgroup2 none /sys/fs/cgroup, or boot with an init that does"));
        }
        List<Finding> findings = new ArrayList<>();
        List<String> controllers =
                unified.map(text -> List.of(text.split(" ", -1))).orElse(mounted);
        findings.add(
                Finding.ok("control groups", (unified.isPresent() ? "v2: " : "v1: ") + String.join(" ", controllers)));
        for (Map.Entry<String, String> needed : NEEDED) {
            String name = needed.getKey();
            boolean there = controllers.contains(name) || (name.equals("io") && controllers.contains("blkio"));
            if (!there) {
                findings.add(Finding.warning(
                        "controller " + name,
                        "not there: no " + needed.getValue(),
                        unified.isPresent()
                                ? "boot with cgroup_enable=" + name + ", or use a kernel that has it"
                                : "mount it below /sys/fs/cgroup, or boot with cgroup_enable=" + name));
            }
        }
        findings.addAll(pausing(unified.isPresent(), controllers));
        findings.add(swap(unified.isPresent()));
        return findings;
    }

    /** The controllers of v1 that have a hierarchy. */
    private List<String> mounted() {
        List<String> controllers = new ArrayList<>();
        for (String line : host.lines("/proc/self/mountinfo")) {
            int separator = line.indexOf(" - cgroup ");
            if (separator > 0) {
                String[] words = line.substring(separator + 3).split(" ", -1);
                for (String option : words[words.length - 1].split(",", -1)) {
                    if (!List.of("rw", "ro").contains(option) && option.indexOf('=') < 0) {
                        controllers.add(option);
                    }
                }
            }
        }
        return controllers;
    }

    private List<Finding> pausing(boolean unified, List<String> controllers) {
        List<Finding> findings = new ArrayList<>();
        if (!unified && !controllers.contains("freezer")) {
            findings.add(Finding.warning("controller freezer", "not there: no pause", "mount it below /sys/fs/cgroup"));
        }
        if (!unified && !controllers.contains("devices")) {
            findings.add(Finding.missing(
                    "controller devices",
                    "not there: containers could open any device",
                    "mount it below /sys/fs/cgroup"));
        }
        return findings;
    }

    private Finding swap(boolean unified) {
        boolean counted = unified
                ? host.lines("/proc/swaps").size() < 2 || anyGroupHas("memory.swap.max")
                : host.has("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes");
        return counted
                ? Finding.ok("swap accounting", "on")
                : Finding.note("swap accounting", "off: --memory-swap has no effect", "boot with swapaccount=1");
    }

    /** The root group has no such file; those that every system has below it do. */
    private boolean anyGroupHas(String file) {
        for (String group : new String[] {"init.scope", "system.slice", "user.slice", "berth"}) {
            if (host.has("/sys/fs/cgroup/" + group + "/" + file)) {
                return true;
            }
        }
        return false;
    }
}
