package dev.berth.engine.config;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The part of a container's configuration that depends on its host (Docker's {@code HostConfig}), and two extensions
 * of Berth's. Zero and empty mean that nothing was asked for. What cannot be honoured is here all the same, so that it
 * can be refused by name.
 *
 * @param binds {@code source:target[:options]}
 * @param networkMode {@code none}, {@code host}, {@code container:…}, or {@code default}
 * @param shmSize bytes of {@code /dev/shm}; zero for 64 MiB
 * @param memory bytes
 * @param memorySwap bytes of memory and swap together; -1 for no limit, zero for twice the memory
 * @param nanoCpus billionths of a processor
 * @param rootfs Berth's own: an absolute path of the host whose tree is the read-only layer below the container's
 *     changes, instead of an image's
 * @param level Berth's own: the level of virtualization; empty for the engine's default
 */
@Json
public record HostConfig(
        @Json.Property("Binds") List<String> binds,
        @Json.Property("ContainerIDFile") String containerIDFile,
        @Json.Property("LogConfig") LogConfig logConfig,
        @Json.Property("NetworkMode") String networkMode,
        @Json.Property("PortBindings") Map<String, List<PortBinding>> portBindings,
        @Json.Property("RestartPolicy") RestartPolicy restartPolicy,
        @Json.Property("AutoRemove") boolean autoRemove,
        @Json.Property("VolumeDriver") String volumeDriver,
        @Json.Property("VolumesFrom") List<String> volumesFrom,
        @Json.Property("ConsoleSize") List<Integer> consoleSize,
        @Json.Property("Annotations") Map<String, String> annotations,

        @Json.Property("CapAdd") @Json.Serializer(StringOrStrings.class)
        List<String> capAdd,

        @Json.Property("CapDrop") @Json.Serializer(StringOrStrings.class)
        List<String> capDrop,

        @Json.Property("CgroupnsMode") String cgroupnsMode,
        @Json.Property("Dns") List<String> dns,
        @Json.Property("DnsOptions") List<String> dnsOptions,
        @Json.Property("DnsSearch") List<String> dnsSearch,
        @Json.Property("ExtraHosts") List<String> extraHosts,
        @Json.Property("GroupAdd") List<String> groupAdd,
        @Json.Property("IpcMode") String ipcMode,
        @Json.Property("Cgroup") String cgroup,
        @Json.Property("Links") List<String> links,
        @Json.Property("OomScoreAdj") int oomScoreAdj,
        @Json.Property("PidMode") String pidMode,
        @Json.Property("Privileged") boolean privileged,
        @Json.Property("PublishAllPorts") boolean publishAllPorts,
        @Json.Property("ReadonlyRootfs") boolean readonlyRootfs,
        @Json.Property("SecurityOpt") List<String> securityOpt,
        @Json.Property("StorageOpt") Map<String, String> storageOpt,
        @Json.Property("Tmpfs") Map<String, String> tmpfs,
        @Json.Property("UTSMode") String utsMode,
        @Json.Property("UsernsMode") String usernsMode,
        @Json.Property("ShmSize") long shmSize,
        @Json.Property("Sysctls") Map<String, String> sysctls,
        @Json.Property("Runtime") String runtime,
        @Json.Property("Isolation") String isolation,
        @Json.Property("CpuShares") long cpuShares,
        @Json.Property("Memory") long memory,
        @Json.Property("NanoCpus") long nanoCpus,
        @Json.Property("CgroupParent") String cgroupParent,
        @Json.Property("BlkioWeight") int blkioWeight,
        @Json.Property("BlkioWeightDevice") List<WeightDevice> blkioWeightDevice,
        @Json.Property("BlkioDeviceReadBps") List<ThrottleDevice> blkioDeviceReadBps,
        @Json.Property("BlkioDeviceWriteBps") List<ThrottleDevice> blkioDeviceWriteBps,
        @Json.Property("BlkioDeviceReadIOps") List<ThrottleDevice> blkioDeviceReadIOps,
        @Json.Property("BlkioDeviceWriteIOps") List<ThrottleDevice> blkioDeviceWriteIOps,
        @Json.Property("CpuPeriod") long cpuPeriod,
        @Json.Property("CpuQuota") long cpuQuota,
        @Json.Property("CpuRealtimePeriod") long cpuRealtimePeriod,
        @Json.Property("CpuRealtimeRuntime") long cpuRealtimeRuntime,
        @Json.Property("CpusetCpus") String cpusetCpus,
        @Json.Property("CpusetMems") String cpusetMems,
        @Json.Property("Devices") List<DeviceMapping> devices,
        @Json.Property("DeviceCgroupRules") List<String> deviceCgroupRules,
        @Json.Property("DeviceRequests") List<DeviceRequest> deviceRequests,
        @Json.Property("KernelMemory") long kernelMemory,
        @Json.Property("KernelMemoryTCP") long kernelMemoryTCP,
        @Json.Property("MemoryReservation") long memoryReservation,
        @Json.Property("MemorySwap") long memorySwap,
        @Json.Property("MemorySwappiness") OptionalLong memorySwappiness,
        @Json.Property("OomKillDisable") Optional<Boolean> oomKillDisable,
        @Json.Property("PidsLimit") OptionalLong pidsLimit,
        @Json.Property("Ulimits") List<Ulimit> ulimits,
        @Json.Property("CpuCount") long cpuCount,
        @Json.Property("CpuPercent") long cpuPercent,
        @Json.Property("IOMaximumIOps") long ioMaximumIOps,
        @Json.Property("IOMaximumBandwidth") long ioMaximumBandwidth,
        @Json.Property("Mounts") List<Mount> mounts,
        @Json.Property("MaskedPaths") Optional<List<String>> maskedPaths,
        @Json.Property("ReadonlyPaths") Optional<List<String>> readonlyPaths,
        @Json.Property("Init") Optional<Boolean> init,
        @Json.Property("Rootfs") String rootfs,
        @Json.Property("Level") String level) {
    public HostConfig {
        binds = Absent.list(binds);
        containerIDFile = Absent.text(containerIDFile);
        logConfig = logConfig == null ? new LogConfig("", Map.of()) : logConfig;
        networkMode = Absent.text(networkMode, "default");
        portBindings = Absent.map(portBindings);
        restartPolicy = restartPolicy == null ? RestartPolicy.NO : restartPolicy;
        volumeDriver = Absent.text(volumeDriver);
        volumesFrom = Absent.list(volumesFrom);
        List<Integer> size = Absent.list(consoleSize);
        consoleSize = size.isEmpty() ? List.of(0, 0) : size; // as Docker shows it
        annotations = Absent.map(annotations);
        capAdd = Absent.list(capAdd);
        capDrop = Absent.list(capDrop);
        cgroupnsMode = Absent.text(cgroupnsMode, "private");
        dns = Absent.list(dns);
        dnsOptions = Absent.list(dnsOptions);
        dnsSearch = Absent.list(dnsSearch);
        extraHosts = Absent.list(extraHosts);
        groupAdd = Absent.list(groupAdd);
        ipcMode = Absent.text(ipcMode, "private");
        cgroup = Absent.text(cgroup);
        links = Absent.list(links);
        pidMode = Absent.text(pidMode);
        securityOpt = Absent.list(securityOpt);
        storageOpt = Absent.map(storageOpt);
        tmpfs = Absent.map(tmpfs);
        utsMode = Absent.text(utsMode);
        usernsMode = Absent.text(usernsMode);
        shmSize = shmSize == 0 ? DEFAULT_SHM_SIZE_BYTES : shmSize;
        sysctls = Absent.map(sysctls);
        runtime = Absent.text(runtime);
        isolation = Absent.text(isolation);
        cgroupParent = Absent.text(cgroupParent);
        blkioWeightDevice = Absent.list(blkioWeightDevice);
        blkioDeviceReadBps = Absent.list(blkioDeviceReadBps);
        blkioDeviceWriteBps = Absent.list(blkioDeviceWriteBps);
        blkioDeviceReadIOps = Absent.list(blkioDeviceReadIOps);
        blkioDeviceWriteIOps = Absent.list(blkioDeviceWriteIOps);
        cpusetCpus = Absent.text(cpusetCpus);
        cpusetMems = Absent.text(cpusetMems);
        devices = Absent.list(devices);
        deviceCgroupRules = Absent.list(deviceCgroupRules);
        deviceRequests = Absent.list(deviceRequests);
        memorySwap = memorySwap == 0 && memory > 0 ? 2 * memory : memorySwap;
        memorySwappiness = Absent.number(memorySwappiness);
        oomKillDisable = Absent.optional(oomKillDisable);
        pidsLimit = Absent.number(pidsLimit);
        ulimits = Absent.list(ulimits);
        mounts = Absent.list(mounts);
        maskedPaths = Absent.optional(maskedPaths);
        readonlyPaths = Absent.optional(readonlyPaths);
        init = Absent.optional(init);
        rootfs = Absent.text(rootfs);
        level = Absent.text(level);
    }

    /** What Docker gives {@code /dev/shm} when nothing is said: 64 MiB. */
    public static final long DEFAULT_SHM_SIZE_BYTES = 64L << 20;
}
