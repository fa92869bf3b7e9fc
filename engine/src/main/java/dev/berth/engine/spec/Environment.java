package dev.berth.engine.spec;

import dev.berth.engine.config.ContainerConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists of {@code NAME=value}, as processes have them. */
public final class Environment {
    private static final String PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private Environment() {}

    /**
     * What a container's processes find, by default and by its configuration.
     *
     * @param linked of those that it is linked with
     */
    public static List<String> ofProcess(ContainerConfig config, List<String> linked) {
        List<String> base = new ArrayList<>(List.of(PATH, "HOSTNAME=" + config.hostname()));
        if (config.tty()) {
            base.add("TERM=xterm");
        }
        base.addAll(linked);
        return over(base, config.env());
    }

    /** The variables of both, the second's where both have one. A name without a value takes the variable away. */
    public static List<String> over(List<String> base, List<String> over) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (List<String> list : List.of(base, over)) {
            for (String entry : list) {
                int equals = entry.indexOf('=');
                if (equals < 0) {
                    variables.remove(entry);
                } else {
                    variables.put(entry.substring(0, equals), entry);
                }
            }
        }
        return List.copyOf(variables.values());
    }
}
