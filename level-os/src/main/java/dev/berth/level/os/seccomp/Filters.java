package dev.berth.level.os.seccomp;

import dev.berth.level.Security.Seccomp;
import dev.berth.level.os.capability.Capability;
import dev.berth.level.os.oci.RuntimeConfig.SeccompPolicy;
import dev.berth.linux.asm.Machine;
import dev.berth.linux.namespace.UserNamespace;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Policies of containers, and the filters compiled from them; keeps the latest, because most containers ask for the same. */
public final class Filters {
    private static final int KEPT = 64;

    private final Architecture architecture;
    private final String kernel;
    private final Map<Object, SeccompPolicy> policies = new Latest<>();
    private final Map<SeccompPolicy, byte[]> filters = new Latest<>();

    /** @param kernel the host's release */
    public Filters(Machine machine, String kernel) {
        this.architecture = switch (machine) {
            case X86_64 -> Architecture.AMD64;
            case AARCH64 -> Architecture.ARM64;
        };
        this.kernel = kernel;
    }

    private static final class Latest<K, V> extends LinkedHashMap<K, V> {
        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > KEPT;
        }
    }

    private record Key(String profile, Set<Capability> capabilities) {}

    /** The policy of a container with these capabilities; empty where it has none. */
    public synchronized Optional<SeccompPolicy> policy(Seccomp choice, Set<Capability> capabilities) {
        return switch (choice) {
            case Seccomp.Unconfined unconfined -> Optional.empty();
            case Seccomp.Default standard ->
                Optional.of(policies.computeIfAbsent(
                        new Key("", capabilities), key -> resolve(defaultProfile(), capabilities)));
            case Seccomp.Profile profile ->
                Optional.of(policies.computeIfAbsent(
                        new Key(profile.json(), capabilities), key -> resolve(profile.json(), capabilities)));
        };
    }

    private SeccompPolicy resolve(String profile, Set<Capability> capabilities) {
        SeccompPolicy policy = Profile.parse(profile).resolve(architecture, capabilities, kernel);
        return UserNamespace.own().single() ? OneUser.of(policy) : policy;
    }

    /** The compiled filter of a policy, as {@code struct sock_filter[]}; not to be changed. */
    public synchronized byte[] filter(SeccompPolicy policy) {
        return filters.computeIfAbsent(policy, FilterCompiler::compile);
    }

    private static String defaultProfile() {
        try (InputStream in = Objects.requireNonNull(Filters.class.getResourceAsStream("default.json"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
