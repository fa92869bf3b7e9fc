package dev.berth.level.os.seccomp;

import dev.berth.level.LevelException;
import dev.berth.level.os.capability.Capability;
import dev.berth.level.os.oci.RuntimeConfig.SeccompArgument;
import dev.berth.level.os.oci.RuntimeConfig.SeccompPolicy;
import dev.berth.level.os.oci.RuntimeConfig.SeccompRule;
import io.avaje.json.JsonException;
import io.avaje.jsonb.Json;
import io.avaje.jsonb.Jsonb;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A policy in Docker's format: rules that hold only with or without some capabilities, on some architectures, from some
 * kernel on. {@link #resolve} leaves what holds here.
 */
@Json
public record Profile(
        @Nullable String defaultAction,
        @Nullable Integer defaultErrnoRet,
        @Nullable List<ArchitectureMap> archMap,
        @Nullable List<String> architectures,
        @Nullable List<Rule> syscalls) {
    /** Larger profiles are refused. */
    private static final int LONGEST_JSON = 1 << 20;

    private static final int MOST_RULES = 4096;

    @Json
    record ArchitectureMap(
            @Nullable String architecture, @Nullable List<String> subArchitectures) {}

    @Json
    record Rule(
            @Nullable String name,
            @Nullable List<String> names,
            @Nullable String action,
            @Nullable Integer errnoRet,
            @Nullable List<Argument> args,
            @Nullable Filter includes,
            @Nullable Filter excludes) {}

    @Json
    record Argument(
            int index, long value, long valueTwo, @Nullable String op) {}

    @Json
    record Filter(
            @Nullable List<String> caps,
            @Nullable List<String> arches,
            @Nullable String minKernel) {}

    /**
     * Reads a profile.
     *
     * @throws LevelException INVALID when it is no profile; says what is wrong
     */
    public static Profile parse(String json) {
        if (json.length() > LONGEST_JSON) {
            throw invalid("it is larger than " + LONGEST_JSON + " bytes");
        }
        Profile profile;
        try {
            profile = Jsonb.instance().type(Profile.class).fromJson(json);
        } catch (JsonException | IllegalStateException | NumberFormatException e) {
            throw invalid("it is no JSON of the right shape: " + e.getMessage());
        }
        if (orEmpty(profile.syscalls).size() > MOST_RULES) {
            throw invalid("it has more than " + MOST_RULES + " rules");
        }
        if (profile.defaultAction == null) {
            throw invalid("it has no defaultAction");
        }
        return profile;
    }

    static LevelException invalid(String why) {
        return new LevelException(LevelException.Kind.INVALID, "the seccomp profile cannot be used: " + why);
    }

    /**
     * The rules that hold for a container with these capabilities on this host.
     *
     * @param architecture the native one
     * @param kernel the host's release, {@code 6.1.0-13-amd64}
     */
    public SeccompPolicy resolve(Architecture architecture, Set<Capability> capabilities, String kernel) {
        List<SeccompRule> rules = new ArrayList<>();
        for (Rule rule : orEmpty(syscalls)) {
            if (holds(rule, architecture, capabilities, kernel)) {
                rules.add(resolved(rule));
            }
        }
        return new SeccompPolicy(
                Objects.requireNonNull(defaultAction),
                defaultErrnoRet,
                architecturesFor(architecture),
                List.copyOf(rules));
    }

    private static SeccompRule resolved(Rule rule) {
        List<String> names = new ArrayList<>(orEmpty(rule.names));
        if (rule.name != null) {
            names.add(rule.name);
        }
        if (names.isEmpty() || rule.action == null) {
            throw invalid("a rule has no names or no action");
        }
        List<SeccompArgument> arguments = orEmpty(rule.args).stream()
                .map(a -> new SeccompArgument(
                        a.index, a.value, a.valueTwo, Optional.ofNullable(a.op).orElse("")))
                .toList();
        return new SeccompRule(names, rule.action, rule.errnoRet, arguments);
    }

    private static boolean holds(Rule rule, Architecture architecture, Set<Capability> capabilities, String kernel) {
        Filter includes = rule.includes;
        if (includes != null) {
            boolean all = orEmpty(includes.caps).stream().allMatch(name -> has(capabilities, name));
            boolean here = orEmpty(includes.arches).isEmpty()
                    || orEmpty(includes.arches).contains(architecture.docker());
            boolean recent = includes.minKernel == null || compareKernels(kernel, includes.minKernel) >= 0;
            if (!all || !here || !recent) {
                return false;
            }
        }
        Filter excludes = rule.excludes;
        if (excludes != null) {
            boolean any = orEmpty(excludes.caps).stream().anyMatch(name -> has(capabilities, name));
            boolean here = orEmpty(excludes.arches).contains(architecture.docker());
            boolean recent = excludes.minKernel != null && compareKernels(kernel, excludes.minKernel) >= 0;
            return !any && !here && !recent;
        }
        return true;
    }

    private static boolean has(Set<Capability> capabilities, String name) {
        return capabilities.stream().anyMatch(capability -> capability.name().equals(name));
    }

    /** Compares major and minor numbers only, as Docker does. */
    private static int compareKernels(String one, String other) {
        for (int i = 0; i < 2; i++) {
            int difference = Integer.compare(kernelNumber(one, i), kernelNumber(other, i));
            if (difference != 0) {
                return difference;
            }
        }
        return 0;
    }

    private static int kernelNumber(String release, int index) {
        String[] parts = release.split("[^0-9]", -1);
        return index < parts.length && !parts[index].isEmpty() && parts[index].length() < 6
                ? Integer.parseInt(parts[index])
                : 0;
    }

    private List<String> architecturesFor(Architecture architecture) {
        List<String> listed = new ArrayList<>(orEmpty(architectures));
        for (ArchitectureMap map : orEmpty(archMap)) {
            if (architecture.oci().equals(map.architecture)) {
                listed.add(architecture.oci());
                listed.addAll(orEmpty(map.subArchitectures));
            }
        }
        return listed.isEmpty() ? List.of(architecture.oci()) : List.copyOf(listed);
    }

    private static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}
