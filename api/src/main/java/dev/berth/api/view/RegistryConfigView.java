package dev.berth.api.view;

import dev.berth.api.json.JsonTree;
import dev.berth.image.registry.RegistryOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How registries are talked to, as {@code info} tells it. */
public final class RegistryConfigView {
    private static final String DOCKER_HUB = "docker.io";

    private RegistryConfigView() {}

    public static Map<String, @Nullable Object> of(RegistryOptions options) {
        List<String> ranges = new ArrayList<>(List.of("127.0.0.0/8", "::1/128"));
        List<String> mirrors = options.mirrors().stream()
                .map(mirror -> mirror.getScheme() + "://" + mirror.getRawAuthority() + "/")
                .toList();
        Map<String, @Nullable Object> indexes = JsonTree.of(DOCKER_HUB, index(DOCKER_HUB, mirrors, true));
        for (String insecure : options.insecure()) {
            if (insecure.contains("/")) {
                ranges.add(insecure);
            } else {
                indexes.put(insecure, index(insecure, List.of(), false));
            }
        }
        return JsonTree.of("InsecureRegistryCIDRs", ranges, "IndexConfigs", indexes, "Mirrors", mirrors);
    }

    private static Map<String, @Nullable Object> index(String name, List<String> mirrors, boolean hub) {
        return JsonTree.of("Name", name, "Mirrors", mirrors, "Secure", hub, "Official", hub);
    }
}
