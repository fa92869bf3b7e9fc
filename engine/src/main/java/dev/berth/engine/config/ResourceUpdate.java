package dev.berth.engine.config;

import io.avaje.jsonb.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What {@code docker update} changes of a container's {@link HostConfig}. Zero and empty leave a member as it is.
 *
 * @param pidsLimit zero or -1 for no limit
 */
@Json
public record ResourceUpdate(
        @Json.Property("BlkioWeight") int blkioWeight,
        @Json.Property("CpuShares") long cpuShares,
        @Json.Property("NanoCpus") long nanoCpus,
        @Json.Property("CpuPeriod") long cpuPeriod,
        @Json.Property("CpuQuota") long cpuQuota,
        @Json.Property("CpuRealtimePeriod") long cpuRealtimePeriod,
        @Json.Property("CpuRealtimeRuntime") long cpuRealtimeRuntime,
        @Json.Property("CpusetCpus") String cpusetCpus,
        @Json.Property("CpusetMems") String cpusetMems,
        @Json.Property("Devices") List<DeviceMapping> devices,
        @Json.Property("KernelMemory") long kernelMemory,
        @Json.Property("Memory") long memory,
        @Json.Property("MemoryReservation") long memoryReservation,
        @Json.Property("MemorySwap") long memorySwap,
        @Json.Property("PidsLimit") OptionalLong pidsLimit,
        @Json.Property("Ulimits") List<Ulimit> ulimits,
        @Json.Property("CgroupParent") String cgroupParent,
        @Json.Property("BlkioWeightDevice") List<WeightDevice> blkioWeightDevice,
        @Json.Property("BlkioDeviceReadBps") List<ThrottleDevice> blkioDeviceReadBps,
        @Json.Property("BlkioDeviceWriteBps") List<ThrottleDevice> blkioDeviceWriteBps,
        @Json.Property("BlkioDeviceReadIOps") List<ThrottleDevice> blkioDeviceReadIOps,
        @Json.Property("BlkioDeviceWriteIOps") List<ThrottleDevice> blkioDeviceWriteIOps,
        @Json.Property("DeviceCgroupRules") List<String> deviceCgroupRules,
        @Json.Property("DeviceRequests") List<DeviceRequest> deviceRequests,
        @Json.Property("MemorySwappiness") OptionalLong memorySwappiness,
        @Json.Property("OomKillDisable") Optional<Boolean> oomKillDisable,
        @Json.Property("RestartPolicy") Optional<Policy> restartPolicy) {
    /** A {@link RestartPolicy}, where an empty name does not mean "no", but that it stays as it is. */
    @Json
    public record Policy(
            @Json.Property("Name") String name,
            @Json.Property("MaximumRetryCount") int maximumRetryCount) {
        public Policy {
            name = Absent.text(name);
        }
    }

    public ResourceUpdate {
        cpusetCpus = Absent.text(cpusetCpus);
        cpusetMems = Absent.text(cpusetMems);
        devices = Absent.list(devices);
        ulimits = Absent.list(ulimits);
        cgroupParent = Absent.text(cgroupParent);
        blkioWeightDevice = Absent.list(blkioWeightDevice);
        blkioDeviceReadBps = Absent.list(blkioDeviceReadBps);
        blkioDeviceWriteBps = Absent.list(blkioDeviceWriteBps);
        blkioDeviceReadIOps = Absent.list(blkioDeviceReadIOps);
        blkioDeviceWriteIOps = Absent.list(blkioDeviceWriteIOps);
        deviceCgroupRules = Absent.list(deviceCgroupRules);
        deviceRequests = Absent.list(deviceRequests);
        memorySwappiness = Absent.number(memorySwappiness);
        oomKillDisable = Absent.optional(oomKillDisable);
        restartPolicy = Absent.optional(restartPolicy);
        pidsLimit = Absent.number(pidsLimit);
    }

    /** The names of those members that say something and cannot be changed once a container is made. */
    public List<String> fixed() {
        Map<String, Boolean> asked = new LinkedHashMap<>();
        asked.put("Devices", !devices.isEmpty());
        asked.put("Ulimits", !ulimits.isEmpty());
        asked.put("CgroupParent", !cgroupParent.isEmpty());
        asked.put("BlkioWeightDevice", !blkioWeightDevice.isEmpty());
        asked.put("BlkioDeviceReadBps", !blkioDeviceReadBps.isEmpty());
        asked.put("BlkioDeviceWriteBps", !blkioDeviceWriteBps.isEmpty());
        asked.put("BlkioDeviceReadIOps", !blkioDeviceReadIOps.isEmpty());
        asked.put("BlkioDeviceWriteIOps", !blkioDeviceWriteIOps.isEmpty());
        asked.put("DeviceCgroupRules", !deviceCgroupRules.isEmpty());
        asked.put("DeviceRequests", !deviceRequests.isEmpty());
        asked.put("MemorySwappiness", memorySwappiness.orElse(-1) != -1);
        asked.put("OomKillDisable", oomKillDisable.orElse(false));
        asked.values().removeIf(given -> !given);
        return List.copyOf(asked.keySet());
    }

    /** The members of a host configuration's JSON that it changes. */
    public Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        put(members, "BlkioWeight", blkioWeight);
        put(members, "CpuShares", cpuShares);
        put(members, "NanoCpus", nanoCpus);
        put(members, "CpuPeriod", cpuPeriod);
        put(members, "CpuQuota", cpuQuota);
        put(members, "CpuRealtimePeriod", cpuRealtimePeriod);
        put(members, "CpuRealtimeRuntime", cpuRealtimeRuntime);
        put(members, "KernelMemory", kernelMemory);
        put(members, "Memory", memory);
        put(members, "MemoryReservation", memoryReservation);
        put(members, "MemorySwap", memorySwap);
        pidsLimit.ifPresent(limit -> members.put("PidsLimit", limit == 0 ? -1 : limit));
        if (!cpusetCpus.isEmpty()) {
            members.put("CpusetCpus", cpusetCpus);
        }
        if (!cpusetMems.isEmpty()) {
            members.put("CpusetMems", cpusetMems);
        }
        restartPolicy
                .filter(policy -> !policy.name().isEmpty())
                .ifPresent(policy -> members.put(
                        "RestartPolicy",
                        Map.of("Name", policy.name(), "MaximumRetryCount", policy.maximumRetryCount())));
        return members;
    }

    private static void put(Map<String, Object> members, String name, long value) {
        if (value != 0) {
            members.put(name, value);
        }
    }
}
