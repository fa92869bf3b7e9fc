package dev.berth.cli.command;

import dev.berth.cli.text.GoText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What Docker's command line has where the daemon's JSON has null or leaves a member out: its types have zero values,
 * and templates print those.
 */
final class GoZeros {
    private static final GoText.Nil POINTER = new GoText.Nil("<nil>");
    private static final GoText.Nil LIST = new GoText.Nil("[]");
    private static final GoText.Nil MAP = new GoText.Nil("map[]");

    private static final Set<String> POINTERS = Set.of(
            "Health",
            "Healthcheck",
            "Init",
            "OomKillDisable",
            "MemorySwappiness",
            "PidsLimit",
            "StopTimeout",
            "SizeRw",
            "SizeRootFs",
            "IPAMConfig",
            "Manifests",
            "GenericResources");
    private static final Set<String> MAPS = Set.of(
            "Labels",
            "Volumes",
            "ExposedPorts",
            "PortBindings",
            "Sysctls",
            "Tmpfs",
            "StorageOpt",
            "Annotations",
            "DriverOpts",
            "Ports",
            "Data",
            "Options",
            "Networks");

    /** Members that may be left out, by the member they are of. */
    private static final Map<String, Map<String, Object>> OPTIONAL = Map.of(
            "", Map.of("SizeRw", POINTER, "SizeRootFs", POINTER),
            "State", Map.of("Health", POINTER),
            "Config",
                    Map.of(
                            "Healthcheck",
                            POINTER,
                            "MacAddress",
                            "",
                            "StopSignal",
                            "",
                            "StopTimeout",
                            POINTER,
                            "Shell",
                            LIST,
                            "NetworkDisabled",
                            false,
                            "ArgsEscaped",
                            false,
                            "ExposedPorts",
                            MAP),
            "HostConfig",
                    Map.of(
                            "Init", POINTER,
                            "Annotations", MAP,
                            "Sysctls", MAP,
                            "StorageOpt", MAP,
                            "Tmpfs", MAP,
                            "Mounts", LIST));

    private GoZeros() {}

    /** The same tree with what is missing in it. */
    static @Nullable Object fill(@Nullable Object tree) {
        return fill("", tree);
    }

    private static @Nullable Object fill(String name, @Nullable Object tree) {
        return switch (tree) {
            case null -> POINTERS.contains(name) ? POINTER : MAPS.contains(name) ? MAP : LIST;
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> filled = new LinkedHashMap<>();
                map.forEach((key, value) -> filled.put(String.valueOf(key), fill(String.valueOf(key), value)));
                OPTIONAL.getOrDefault(name, Map.of()).forEach(filled::putIfAbsent);
                yield filled;
            }
            case List<?> list -> {
                List<@Nullable Object> filled = new ArrayList<>();
                list.forEach(element -> filled.add(fill(name.isEmpty() ? " " : name, element)));
                yield filled;
            }
            default -> tree;
        };
    }
}
