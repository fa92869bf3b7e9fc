package dev.berth.level.os.oci;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An OCI runtime configuration (runtime-spec, config.md and config-linux.md). Names are the specification's. A
 * component that is null is not set.
 */
@Json
public record RuntimeConfig(
        String ociVersion,
        Process process,
        Root root,
        @Nullable String hostname,
        @Nullable String domainname,
        List<Mount> mounts,
        Linux linux) {
    public static final String VERSION = "1.0.2";

    /** The first process. */
    @Json
    public record Process(
            boolean terminal,
            User user,
            List<String> args,
            List<String> env,
            String cwd,
            Capabilities capabilities,
            List<Rlimit> rlimits,
            boolean noNewPrivileges,
            @Nullable Integer oomScoreAdj) {
        /** The same with other limits. */
        public Process withLimits(List<Rlimit> limits) {
            return new Process(terminal, user, args, env, cwd, capabilities, limits, noNewPrivileges, oomScoreAdj);
        }
    }

    @Json
    public record User(int uid, int gid, List<Integer> additionalGids) {}

    /** Sets of {@code CAP_…} names (capabilities(7)). */
    @Json
    public record Capabilities(
            List<String> bounding,
            List<String> effective,
            List<String> permitted,
            List<String> inheritable,
            List<String> ambient) {}

    /** A limit by its {@code RLIMIT_…} name; -1 is unlimited here and 2⁶⁴-1 in the specification's JSON. */
    @Json
    public record Rlimit(String type, long soft, long hard) {}

    @Json
    public record Root(String path, boolean readonly) {}

    @Json
    public record Mount(
            String destination,
            @Nullable String type,
            @Nullable String source,
            List<String> options) {}

    @Json
    public record Linux(
            List<Namespace> namespaces,
            @Nullable String cgroupsPath,
            List<Device> devices,
            Map<String, String> sysctl,
            @Nullable Resources resources,
            List<String> maskedPaths,
            List<String> readonlyPaths,
            @Nullable String rootfsPropagation,
            @Nullable SeccompPolicy seccomp) {}

    /** A namespace to be new, or to be entered where a path is given. */
    @Json
    public record Namespace(String type, @Nullable String path) {}

    /** A node to make; {@code type} is {@code c} or {@code b}. */
    @Json
    public record Device(String path, String type, int major, int minor, int fileMode, int uid, int gid) {}

    @Json
    public record Resources(
            @Nullable Memory memory,
            @Nullable Cpu cpu,
            @Nullable Pids pids,
            @Nullable BlockIo blockIO,
            List<DeviceRule> devices) {}

    @Json
    public record Memory(
            @Nullable Long limit,
            @Nullable Long swap,
            @Nullable Long reservation,
            @Nullable Long swappiness,
            @Nullable Boolean disableOOMKiller) {}

    @Json
    public record Cpu(
            @Nullable Long shares,
            @Nullable Long quota,
            @Nullable Long period,
            @Nullable Long realtimePeriod,
            @Nullable Long realtimeRuntime,
            @Nullable String cpus,
            @Nullable String mems) {}

    @Json
    public record Pids(long limit) {}

    /** Shares and limits of block devices; the lists may be left out. */
    @Json
    public record BlockIo(
            @Nullable Integer weight,
            @Nullable List<WeightDevice> weightDevice,
            @Nullable List<ThrottleDevice> throttleReadBpsDevice,
            @Nullable List<ThrottleDevice> throttleWriteBpsDevice,
            @Nullable List<ThrottleDevice> throttleReadIOPSDevice,
            @Nullable List<ThrottleDevice> throttleWriteIOPSDevice) {}

    @Json
    public record WeightDevice(int major, int minor, int weight) {}

    /** A rate a second. */
    @Json
    public record ThrottleDevice(int major, int minor, long rate) {}

    /** Allows or denies devices; a null number stands for all. */
    @Json
    public record DeviceRule(
            boolean allow,
            @Nullable String type,
            @Nullable Integer major,
            @Nullable Integer minor,
            String access) {}

    /** A system-call policy (config-linux.md, Seccomp). */
    @Json
    public record SeccompPolicy(
            String defaultAction,
            @Nullable Integer defaultErrnoRet,
            List<String> architectures,
            List<SeccompRule> syscalls) {}

    @Json
    public record SeccompRule(
            List<String> names, String action, @Nullable Integer errnoRet, List<SeccompArgument> args) {}

    /** A condition on an argument; for {@code SCMP_CMP_MASKED_EQ} the value is the mask and valueTwo what is compared. */
    @Json
    public record SeccompArgument(int index, long value, long valueTwo, String op) {}
}
