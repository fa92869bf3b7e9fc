package dev.berth.build.dockerfile;

import dev.berth.image.oci.Platform;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is built on, and what for.
 *
 * @param build the builder's own platform
 * @param target that of the image
 */
public record BuildPlatforms(Platform build, Platform target) {
    /** Built for the platform that it is built on. */
    public static BuildPlatforms of(Platform platform) {
        return new BuildPlatforms(platform, platform);
    }

    /** The variables that tell of them; those that there is nothing to say about are empty. */
    Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>();
        add(variables, "BUILD", build);
        add(variables, "TARGET", target);
        return variables;
    }

    /** Whether a name is that of such a variable. */
    static boolean isVariable(String name) {
        return BuildPlatforms.of(Platform.host()).variables().containsKey(name);
    }

    private static void add(Map<String, String> variables, String prefix, Platform platform) {
        variables.put(prefix + "PLATFORM", platform.toString());
        variables.put(prefix + "OS", platform.os());
        variables.put(prefix + "OSVERSION", platform.osVersion());
        variables.put(prefix + "ARCH", platform.architecture());
        variables.put(prefix + "VARIANT", platform.variant());
    }
}
