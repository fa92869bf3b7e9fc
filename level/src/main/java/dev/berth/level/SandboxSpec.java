package dev.berth.level;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Everything a level has to know to make a sandbox, in terms that no level owns. Defaults (masked paths, the standard
 * mounts, the default capabilities and system-call policy) are the level's affair; this says only how this sandbox
 * differs from them.
 *
 * @param id unique in the engine; letters, digits, {@code _.-}
 * @param platform what the image was made for
 * @param rootfs the file tree
 * @param process the first process
 * @param hostname the host name inside; empty for the host's own (with {@link NamespaceMode.Host} as uts)
 * @param domainname the NIS domain name inside; empty for none
 * @param namespaces which namespaces are its own
 * @param mounts what else to mount, in this order, after the standard mounts
 * @param shmSizeBytes the size of {@code /dev/shm}; zero for none. A sandbox that joins another's IPC namespace has the
 *     other's
 * @param resources limits
 * @param security what it may do
 * @param sysctls namespaced kernel parameters by their dotted names
 * @param init whether a minimal init stands before the first process and reaps orphans ({@code --init})
 * @param cgroupParent the control group to live under; empty for the engine's own
 * @param stateDir an existing directory of this sandbox's own for the level's files
 */
public record SandboxSpec(
        String id,
        Platform platform,
        Rootfs rootfs,
        ProcessSpec process,
        String hostname,
        String domainname,
        Namespaces namespaces,
        List<MountSpec> mounts,
        long shmSizeBytes,
        Resources resources,
        Security security,
        Map<String, String> sysctls,
        boolean init,
        String cgroupParent,
        Path stateDir) {

    /** What Docker gives {@code /dev/shm} when nothing is said: 64 MiB. */
    public static final long DEFAULT_SHM_SIZE_BYTES = 64L << 20;
}
